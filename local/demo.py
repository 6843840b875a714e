"""The demo world: pure data, in the shape that `/.local/seed` takes.

An MSP with forty clients, a help desk that it may bring in, and a third company that must see
nothing. Every e-mail address ends in `.test` (RFC 6761), so no mail could ever reach anybody.
"""

from typing import Any, Final

# Clients of the MSP; indented ones are sub-organizations of the one above.
_ORGANIZATIONS: Final = """
Alder Creek Dental
Bayview Orthopedics
  Bayview Orthopedics - Harbor Clinic
  Bayview Orthopedics - Hilltop Clinic
Birchwood School District
  Birchwood Elementary
  Birchwood High School
Blue Heron Brewing
Cascade Title & Escrow
Cedar Ridge Veterinary
City of Fairmont
  Fairmont Public Library
  Fairmont Water Works
Copperline Mining Supply
Crestview Credit Union
Delta Grain Cooperative
Eastgate Logistics
  Eastgate Logistics - Night Depot
Evergreen Family Law
Fjord & Sons Shipping
Foxglove Interiors
Granite State Insurance
Harborlight Hospice
Ironbridge Construction
  Ironbridge Construction - Site Office 4
Juniper Wealth Partners
Kestrel Aviation Services
Lakeshore Pediatrics
Larkspur Hotel Group
  Larkspur Hotel - Airport
  Larkspur Hotel - Old Town
Maple & Main Bakery
Northwind Traders
Orchard Valley Foods
Pinecone Software
Quarry Road Concrete
Redwood Accounting
Silverbrook Manufacturing
Tidewater Marine
Willow Street Charities
"""

_ACME: Final = """
ada administrator Ada Okafor
ben administrator Ben Lindqvist
carla manager Carla Mendes
dev manager Dev Raman
erin editor Erin Walsh
farid editor Farid Haddad
grace creator Grace Kim
hugo creator Hugo Bernard
iris read_only Iris Novak
jonas read_only Jonas Weber
kim lite Kim Tran
lou lite Lou Martin
"""

_CONTINUUM: Final = """
nora administrator Nora Castellanos
omar administrator Omar Siddiqui
paula manager Paula Jensen
quinn manager Quinn Abbott
rosa manager Rosa Delgado
sam editor Sam Whitfield
tara editor Tara Nguyen
uma editor Uma Krishnan
victor editor Victor Hale
wendy editor Wendy Osei
xavier editor Xavier Dupont
yuki creator Yuki Tanaka
zane creator Zane Porter
amira creator Amira Farouk
bruno creator Bruno Costa
chloe creator Chloe Park
dario creator Dario Rossi
elif read_only Elif Yilmaz
finn read_only Finn Gallagher
gita read_only Gita Sharma
henry read_only Henry Adeyemi
ines read_only Ines Carvalho
jack lite Jack Morrow
kaia lite Kaia Berg
leo lite Leo Santos
"""

_INITECH: Final = """
bill administrator Bill Ferris
milo manager Milo Waters
peter editor Peter Grant
samir read_only Samir Nadir
tom lite Tom Sykes
"""

_GROUPS: Final = (
    (
        "Level 1",
        ("erin", "grace", "iris", "jonas"),
        (
            *("Alder Creek Dental", "Blue Heron Brewing", "Cedar Ridge Veterinary"),
            *("Evergreen Family Law", "Foxglove Interiors", "Lakeshore Pediatrics"),
            *("Maple & Main Bakery", "Orchard Valley Foods", "Willow Street Charities"),
            *("Birchwood School District", "Birchwood Elementary", "Fairmont Public Library"),
        ),
    ),
    (
        "Level 2",
        ("carla", "erin", "farid"),
        (
            *("Bayview Orthopedics", "Cascade Title & Escrow", "Copperline Mining Supply"),
            *("Delta Grain Cooperative", "Eastgate Logistics", "Ironbridge Construction"),
            *("Kestrel Aviation Services", "Northwind Traders", "Quarry Road Concrete"),
            *("Silverbrook Manufacturing", "Tidewater Marine"),
        ),
    ),
    (
        "Projects",
        ("dev", "farid", "hugo"),
        (
            *("Birchwood High School", "Fairmont Water Works", "Larkspur Hotel Group"),
            *("Larkspur Hotel - Airport", "Larkspur Hotel - Old Town", "Pinecone Software"),
            "Ironbridge Construction - Site Office 4",
        ),
    ),
    (
        "Night shift",
        ("grace", "jonas"),
        (
            *("Eastgate Logistics - Night Depot", "Harborlight Hospice", "Fjord & Sons Shipping"),
            "Bayview Orthopedics - Harbor Clinic",
        ),
    ),
    (
        "Key accounts",
        ("carla", "dev"),
        (
            *("City of Fairmont", "Crestview Credit Union", "Granite State Insurance"),
            *("Juniper Wealth Partners", "Redwood Accounting", "Larkspur Hotel Group"),
        ),
    ),
    (
        "Security",
        ("ben", "carla"),
        ("City of Fairmont", "Crestview Credit Union", "Kestrel Aviation Services"),
    ),
)


def _users(people: str, subdomain: str) -> list[dict[str, str]]:
    rows = (line.split(" ", 2) for line in people.strip().splitlines())
    return [
        {"email": f"{first}@{subdomain}.test", "role": role, "name": name}
        for first, role, name in rows
    ]


def _organizations(text: str) -> list[dict[str, str] | str]:
    found: list[dict[str, str] | str] = []
    parent = ""
    for line in text.strip("\n").splitlines():
        if line.startswith(" "):
            found.append({"name": line.strip(), "parent": parent})
        else:
            parent = line
            found.append(line)
    return found


WORLD: Final[dict[str, Any]] = {
    "accounts": [
        {
            "subdomain": "acme",
            "name": "Acme MSP",
            "region": "na",
            "plan": "Team",
            "seats": 15,
            "users": _users(_ACME, "acme"),
            "groups": [
                {
                    "name": name,
                    "members": [f"{member}@acme.test" for member in members],
                    "organizations": list(organizations),
                }
                for name, members, organizations in _GROUPS
            ],
            "organizations": _organizations(_ORGANIZATIONS),
        },
        {
            "subdomain": "continuum",
            "name": "Continuum",
            "region": "na",
            "plan": "Enterprise",
            "users": _users(_CONTINUUM, "continuum"),
            "groups": [],
            "organizations": ["Continuum Internal"],
        },
        {
            "subdomain": "initech",
            "name": "Initech",
            "region": "na",
            "users": _users(_INITECH, "initech"),
            "groups": [],
            "organizations": ["Initech Head Office", "Initech Annex"],
        },
    ]
}
"""What the first start loads."""
