"""Exports in the shapes that are met in the wild, with values of our own."""

from tests.guess.layouts import (
    BOOL,
    CITY,
    COMPANY,
    COUNTRY,
    EMAIL,
    FIRST,
    ID,
    LAST,
    TEXT,
    WHOLE,
    Layout,
    Right,
    pick,
    rows,
    us_date,
)

PHONE = Right(("phone",), ("$phone",))
PLUS_PHONE = Right(("phone",), ("$phone",), "phone")
REGION = Right(("region",), ("$region",))
FULL = Right(("full name",), ("$name",))
CODE = Right(("code",))
NUMBER = Right(("number",), type="number")
DATE = Right(("date",), ("$created", ""), "date")
COUNTRY_NAME = Right(("country name",), ("country",))
URL = Right(("url",), ("",), "url")


TOWNS = ["Aldwick", "Bexhill", "Corfe", "Dunmow", "Epsom", "Frome", "Goole", "Hythe"]


def uk_phone(n: int) -> str:
    return f"0{1204 + n * 29 % 780}-{200000 + n * 23719 % 700000}"


# Wards end as a name does, phones have a hyphen.
BRITISH = Layout(
    "british",
    rows(
        lambda n, p: [
            "SpringFair2024",
            str(n + 4),
            p[0],
            p[1],
            p[3] or f"{p[1]}, {p[0]} Esq",
            f"{n * 37 % 900 + 1} {pick(['Mill Lane', 'High St', 'Church Rd', 'Elm Grove'], n)}",
            f"{pick(TOWNS, n)}{chr(97 + n % 26)} {pick(['Ward', 'Ward', 'Parish'], n)}",
            pick(["Shropshire", "Ayrshire", "Denbighshire", "Rutland", "Fife"], n),
            f"{pick(['NG', 'CA', 'PE', 'SR'], n)}{1 + n % 9} {n % 10}{'ABDEF'[n % 5]}H",
            uk_phone(n),
            uk_phone(n + 400),
            p[2],
            f"http://www.{p[1].lower().replace(' ', '')}-{n}.co.uk",
        ]
    ),
    (
        TEXT, WHOLE, FIRST, LAST, COMPANY, TEXT, TEXT, TEXT, CODE,
        Right(("phone",), ("$phone", "")), Right(("phone",), ("$phone", "")), EMAIL, URL,
    ),
    identifier=None,
)  # fmt: skip

FRENCH_NAMES = (
    """
MARTINE DE LA VERGNE|yves chabrol|RÉMY-LOUIS GOUBERT|Hélène du Tertre|JOSÉPHINE LANGEAIS
anne-sophie ruault|THIERRY LE GOFF|Benoît Charvet|NOÉMIE PRADEL|gilles montfort|ZOÉ ARQUIER
ODILE VERNAY|Thibault de Rieux|colette savignac|AGATHE BELLIARD|étienne courtade
""".strip()
    .replace("\n", "|")
    .split("|")
)


def french_phone(n: int) -> str:
    digits = f"{100000000 + n * 53471923 % 599999999}"
    pairs = " ".join(digits[k : k + 2] for k in range(1, 9, 2))
    return [f"+33 (0){digits[0]} {pairs}", f"0{digits}", f"0{digits[0]} {pairs}",
            f"+33 {digits[0]} {pairs}"][n * 7 % 4]  # fmt: skip


# Names in capitals and small letters, phones in four ways.
FRENCH = Layout(
    "french",
    [
        [
            name,
            f"{pick(['mw', 'kl', 'pz', 'tq'], n)}{n}@{'FOURNIL.FR' if n % 2 else 'courrier.fr'}",
            french_phone(n),
            f"{1 + n * 11 % 28:02d}/{1 + n * 5 % 12:02d}/{1950 + n * 3}",
        ]
        for n, name in enumerate(FRENCH_NAMES)
    ],
    (FULL, EMAIL, PHONE, Right(("date",), ("",), "date")),
    identifier=None,
)

# Words for empty cells, states of Brazil.
BRAZILIAN = Layout(
    "brazilian",
    rows(
        lambda n, p: [
            f"C{n + 1:03d}",
            f"Cliente {n + 1}",
            f"cliente{n + 1}@correio.com.br",
            "N/A" if n % 5 == 4 else f"+55-11-9{8000 + n * 61 % 2000}-{1000 + n * 317 % 9000}",
            "/".join(reversed(p[7].split("-"))),
            pick(["Recife", "Fortaleza", "Manaus", "Salvador", "Porto Alegre", "Niterói"], n),
            pick(["SP", "RJ", "BA", "PR", "RS", "PE"], n),
            str(18 + n * 7 % 60),
            f"{900 + n * 137.31:.2f}",
            pick(["Sim", "Não"], n),
        ]
    ),
    (
        ID, TEXT, EMAIL, PLUS_PHONE, DATE, CITY, REGION, WHOLE, NUMBER, BOOL,
    ),
    identifier=1,
)  # fmt: skip

# The whole name beside its parts, groups, labels.
GOOGLE = Layout(
    "google",
    rows(
        lambda n, p: [
            f"{p[0]} {p[1]}",
            p[0],
            p[1],
            "" if n % 9 else f"--{1 + n % 12:02d}-{1 + n % 28:02d}",
            "* myContacts" + ("" if n % 3 else " ::: * starred"),
            "* Work" if n % 2 else "* Home",
            p[2],
            pick(["Mobile", "Work"], n),
            "" if n % 6 == 5 else f"+1 503-555-{1000 + n * 271 % 9000}",
            p[3],
        ]
    ),
    (
        FULL, FIRST, LAST, TEXT, Right(("text", "category", "list")), TEXT, EMAIL, TEXT,
        PLUS_PHONE, COMPANY,
    ),
    identifier=None,
)  # fmt: skip

# The address in parts, tags, totals.
SHOP = Layout(
    "shop",
    rows(
        lambda n, p: [
            str(6_204_113_000_000 + n * 40_961),
            p[0],
            p[1],
            p[2],
            pick(["yes", "no"], n),
            f"{n * 53 % 800 + 2} {pick(['Station Road', 'Park Avenue', 'Rose Street'], n)}",
            p[4],
            p[6],
            "" if n % 4 == 1 else f"{10001 + n * 2903}",
            f"{n * 1931 % 90000 / 100:.2f}",
            str(n * 5 % 17),
            ", ".join(tag for k, tag in enumerate(["vip", "wholesale", "newsletter"])
                      if (n + 2) * 7 % (k + 2) == 0),
            "" if n % 5 else f"Prefers delivery in the week of {us_date(p[7], n)}, rings twice.",
        ]
    ),
    (
        Right(("integer", "code", "id")), FIRST, LAST, EMAIL, BOOL, TEXT, CITY, COUNTRY,
        Right(("code", "text")), NUMBER, WHOLE, Right(("list",), type="list"), TEXT,
    ),
    identifier=1,
)  # fmt: skip

# Trades beside companies, a colleague beside the contact.
LEADS = Layout(
    "leads",
    rows(
        lambda n, p: [
            f"{pick(['Renewal', 'New deal', 'Upgrade', 'Trial'], n)} {n + 1}",
            pick(["retail", "tulip", "lumen labs", "consulting", "software", "legal"], n),
            f"{150 + n * 12.5:.2f}",
            p[2],
            p[3] or f"{p[1]} Ltd",
            p[0],
            p[1],
            pick(["Kim Tran", "Jo Bell", "Sam Reyes"], n),
            f"(555) {123 + n * 17 % 800}-{4567 + n * 13}",
            f"{p[4]} {p[6]}",
            f"{p[0]} asked what {pick(['a bank', 'a growing company', 'their group'], n)} needs "
            f"in week {n + 3} to move all of its {pick(['systems', 'logistics', 'software'], n)}",
            pick(["open", "won", "lost"], n),
        ]
    ),
    (
        TEXT, TEXT, NUMBER, EMAIL, COMPANY, FIRST, LAST, TEXT, PHONE, TEXT, TEXT, TEXT,
    ),
    identifier=None,
)  # fmt: skip

# Local phones are no ids.
ADDRESS_BOOK = Layout(
    "address-book",
    rows(
        lambda n, p: [
            f"{p[0]} {p[1]}",
            f"555-{n * 37 % 900 + 100:04d}",
            p[2],
            "" if n % 4 == 3 else str(n % 4),
        ]
    ),
    (FULL, Right(("text",), ("",)), EMAIL, WHOLE),
    identifier=None,
)  # fmt: skip

# Postcodes of two lengths, countries by code and by name, coordinates.
WORLDWIDE = Layout(
    "worldwide",
    rows(
        lambda n, p: [
            str(144 + n),
            p[0],
            p[1],
            f"{n * 71 % 2000 + 3} {pick(['Via Roma', 'Main St', 'Ringstr', 'Nehru Marg'], n)}",
            str(361181 + n * 7) if n % 4 == 0 else str(52401 + n * 311),
            p[4],
            p[5] if p[6] == "US" else "" if n % 9 else "Kar",
            p[6],
            {"US": "United States of America", "NO": "Norvège", "NL": "Países Bajos",
             "DE": "Allemagne", "FR": "Francia", "IT": "Italien", "GB": "Reino Unido",
             "SE": "SUECIA"}.get(p[6], "Kyrgyz Republic"),
            str((n * 7 % 9 + 1) * 100),
            f"{p[0]}.{p[1].replace(' ', '')}@{pick(['HERON', 'IBIS', 'TERN'], n)}.EXAMPLE.COM",
            f"00{41 + n % 8}{1000000000 + n * 7654321}"[: 13 + n % 2],
            "" if n % 7 == 2 else f"{-91.66643 + n * 2.719:.5f}",
            "" if n % 7 == 2 else f"{41.977151 - n * 0.77:.6f}",
        ]
    ),
    (
        WHOLE, FIRST, LAST, TEXT, CODE, CITY, Right(("region",), ("$region", "")), COUNTRY,
        COUNTRY_NAME, WHOLE, EMAIL, Right(("phone",), ("$phone", "")), NUMBER, NUMBER,
    ),
    identifier=1,
)  # fmt: skip

# Phones behind a stroke, postcode and town in one cell.
GERMAN = Layout(
    "german",
    rows(
        lambda n, p: [
            str(20001 + n * 3),
            pick(["Herr", "Frau"], n),
            p[0],
            p[1],
            f"{pick(['Hauptstraße', 'Am Markt', 'Lindenweg'], n)} {n * 7 % 90 + 1}",
            f"{80331 + n * 211} {pick(['München', 'Köln', 'Ulm', 'Bonn', 'Jena'], n)}",
            f"0{89 + n * 3 % 9}{n % 3 or ''}/{412000 + n * 7177}",
            p[2],
            ".".join(reversed(p[7].split("-"))),
            f"{n * 7919 % 9000 / 10:.2f}".replace(".", ","),
        ]
    ),
    (
        Right(("text", "integer", "code")), TEXT, FIRST, LAST, TEXT, TEXT, PHONE, EMAIL, DATE,
        NUMBER,
    ),
    identifier=1,
    delimiter=";",
)  # fmt: skip

MORE_LAYOUTS = (BRITISH, FRENCH, BRAZILIAN, GOOGLE, SHOP, LEADS, WORLDWIDE, GERMAN)
