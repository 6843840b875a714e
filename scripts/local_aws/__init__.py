"""What `make deploy-local` deploys to: ministack, an issuer over https, and calls of what is deployed."""
