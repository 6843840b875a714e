"""Mails: their words, their two parts, and the way out through Amazon SES."""
