"""Believable exports of customers, and what a person would say of each of their columns."""

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# first name, last name, email, company, city, state or region, country, day of signing up
PEOPLE = [
    line.split("|")
    for line in """
Margaret|Okonjo|m.okonjo@northwindtraders.com|Northwind Traders Inc.|Seattle|WA|US|2021-03-14
Dale|Whitcomb|dale.whitcomb@gmail.com|Whitcomb & Sons|Spokane|WA|US|2019-11-02
Priya|Raman|priya@lumenlabs.io|Lumen Labs|Austin|TX|US|2022-07-25
Terrence|Abernathy|tabernathy@acmefreight.com|Acme Freight LLC|Dallas|TX|US|2020-01-30
Ingrid|Solberg|ingrid.solberg@fjordtech.no|Fjordtech AS|Bergen|Vestland|NO|2023-05-17
Luis|Cárdenas|luis.cardenas@yahoo.com||Tucson|AZ|US|2018-12-21
Beatrix|Van Houten|bvanhouten@tulipfoods.nl|Tulip Foods BV|Haarlem|Noord-Holland|NL|2021-09-08
Kwabena|Asante|kwabena.asante@outlook.com|Asante Consulting|Accra|Greater Accra|GH|2022-02-11
Hannah|Zimmerman|hzimmerman@bluepeak.com|Blue Peak Group|Denver|CO|US|2020-10-19
Yusuf|Demirci|yusuf.demirci@anadoluseramik.com.tr|Anadolu Seramik|Izmir|Izmir|TR|2023-08-28
Chloé|Marchand|c.marchand@atelierlumiere.fr|Atelier Lumière SARL|Lyon|Rhône|FR|2019-04-13
Owen|Pritchard|owen.pritchard@gmail.com||Cardiff|Wales|GB|2021-06-30
Svetlana|Morozova|s.morozova@baltictrade.ee|Baltic Trade|Tallinn|Harju|EE|2022-11-16
Grant|Mulholland|grant@mulhollandbuild.com.au|Mulholland Build Pty|Perth|WA|AU|2020-03-27
Aiko|Fujimoto|aiko.fujimoto@hikaridesign.jp|Hikari Design|Kyoto|Kyoto|JP|2023-01-22
Patrick|Delahunt|pdelahunt@emeraldsoft.ie|Emerald Software Ltd|Galway|Connacht|IE|2018-09-15
Noor|Al-Rashid|noor.alrashid@gulfmarine.ae|Gulf Marine LLC|Dubai|Dubai|AE|2021-12-05
Silvia|Bortolotti|silvia.bortolotti@cantinaverde.it|Cantina Verde SRL|Verona|Veneto|IT|2019-08-23
Marek|Havlíček|marek.havlicek@seznam.cz||Brno|Jihomoravský|CZ|2022-05-09
Tobias|Kirchner|t.kirchner@kirchner-bau.de|Kirchner Bau GmbH|Ulm|Bayern|DE|2020-07-31
Felicity|Ashdown|felicity.ashdown@icloud.com|Ashdown Interiors|Bath|Somerset|GB|2023-03-18
Renato|Queiroz|renato.queiroz@solnascente.com.br|Sol Nascente Ltda|Recife|Pernambuco|BR|2021-02-26
Joanne|Petrakis|jpetrakis@harborviewclinic.org|Harborview Clinic|Boston|MA|US|2019-10-29
Emeka|Nwosu|emeka.nwosu@lagosdigital.ng|Lagos Digital|Lagos|Lagos|NG|2022-09-20
Sofie|Lindqvist|sofie.lindqvist@nordicwool.se|Nordic Wool AB|Uppsala|Uppsala|SE|2020-12-12
Darnell|Hutchins|darnell.hutchins@gmail.com||Atlanta|GA|US|2023-07-06
Wendy|Cho|wendy.cho@brightpathedu.com|Brightpath Education|San Jose|CA|US|2018-06-24
Ricardo|Villanueva|rvillanueva@andesminerals.cl|Andes Minerals SA|Santiago|RM|CL|2021-11-03
Anneliese|Brandt|a.brandt@brandt-optik.at|Brandt Optik|Graz|Steiermark|AT|2022-04-27
Callum|Drummond|callum.drummond@highland.co.uk|Highland Tours Ltd|Aberdeen|Scotland|GB|2019-02-13
""".strip().splitlines()
]

Row = list[str]


@dataclass(frozen=True)
class Right:
    """What a person would say: kinds, and properties, that are right for a column.

    `""` among the properties means that none needs to be suggested; a type may only be written
    if it is `type`.
    """

    kinds: tuple[str, ...]
    properties: tuple[str, ...] = ("",)
    type: str | None = None


@dataclass(frozen=True)
class Layout:
    """An export without header; `identifier` is the column that a person would choose."""

    name: str
    rows: list[Row]
    right: tuple[Right, ...]
    identifier: int | None
    delimiter: str = ","

    @property
    def text(self) -> str:
        stream = io.StringIO()
        csv.writer(stream, delimiter=self.delimiter, lineterminator="\n").writerows(self.rows)
        return stream.getvalue()


def pick(choices: Sequence[str], n: int) -> str:
    return random.Random(31 * n + len(choices)).choice(choices)


def rows(make: Callable[[int, Row], Row]) -> list[Row]:
    return [make(n, person) for n, person in enumerate(PEOPLE)]


EMAIL = Right(("email",), ("$email",), "email")
FIRST = Right(("first name",), ("$first_name",))
LAST = Right(("last name",), ("$last_name",))
CITY = Right(("city",), ("$city",))
COUNTRY = Right(("country",), ("$country_code",), "country")
COMPANY = Right(("company",), ("company",))
TEXT = Right(("text", "category"))
WHOLE = Right(("integer",), type="integer")
BOOL = Right(("boolean",), type="boolean")
ID = Right(("id",))


def us_phone(n: int) -> str:
    area, line = 206 + n * 13 % 700, 1000 + n * 317 % 9000
    return "" if n % 7 == 5 else f"({area}) 555-{line:04d}"


def us_date(day: str, n: int) -> str:
    year, month, number = map(int, day.split("-"))
    return f"{month}/{number}/{year}"


SALESFORCE = Layout(
    "salesforce",
    rows(
        lambda n, p: [
            f"003Dn00000{'HkQrXzBt'[n % 8]}{n:02d}{'aBcDeF'[n % 6]}uIAC",
            f"001Dn00000{'GpWsYvCn'[n % 5]}{n % 11:02d}{'xYz'[n % 3]}wIAC",
            pick(["Mr.", "Ms.", "Mrs.", "Dr.", ""], n),
            p[0],
            p[1],
            p[3],
            p[2],
            us_phone(n),
            f"{100 + n * 37} {pick(['Main St', 'Elm Ave', 'Oak Rd', 'Hill Blvd'], n)}",
            p[4],
            f"{(2101 + n * 3137) % 99999:05d}",
            pick(["Web", "Partner Referral", "Trade Show", "Purchased List"], n),
            us_date(p[7], n),
            f"${(n * 7919) % 90000 + 1000:,}.00",
            pick(["TRUE", "FALSE", "FALSE"], n),
            pick(["sam.reyes@ourcorp.com", "kim.tran@ourcorp.com", "jo.bell@ourcorp.com"], n),
        ]
    ),
    (
        ID, Right(("id", "code")), TEXT, FIRST, LAST, COMPANY, EMAIL,
        Right(("phone",), ("$phone", "")), TEXT, CITY, Right(("code",)), TEXT,
        Right(("date",), ("$created", ""), "date"), Right(("money",)), BOOL,
        Right(("email",), ("",), "email"),
    ),
    identifier=1,
)  # fmt: skip

HUBSPOT = Layout(
    "hubspot",
    rows(
        lambda n, p: [
            str(51 + 50 * n + n % 3),
            p[0],
            p[1],
            p[2],
            "" if n % 4 == 1 else f"+1 415-555-{(n * 271) % 10000:04d}",
            pick(["lead", "customer", "marketingqualifiedlead", "subscriber"], n),
            f"{p[7]} {8 + n % 12:02d}:{n * 7 % 60:02d}",
            "" if not p[3] else f"https://www.{p[2].partition('@')[2]}",
            p[4],
            {"US": "United States", "GB": "United Kingdom", "DE": "Germany", "FR": "France",
             "NL": "Netherlands", "NO": "Norway", "IT": "Italy", "SE": "Sweden",
             "AU": "Australia", "AT": "Austria", "IE": "Ireland", "BR": "Brazil"}.get(p[6], ""),
            ";".join(
                tag for k, tag in enumerate(["webinar", "newsletter", "beta", "vip"])
                if (n + 3) * 5 % (k + 2) == 0
            ),
            str(n * 13 % 101),
            pick(["Yes", "No"], n),
            "" if n % 3 else f"Met at the fair, asked for a call in week {n}. Likes {p[4]}.",
        ]
    ),
    (
        WHOLE, FIRST, LAST, EMAIL, Right(("phone",), ("$phone",), "phone"), TEXT,
        Right(("datetime",), ("$created", ""), "datetime"), Right(("url",), ("",), "url"), CITY,
        Right(("country name",), ("country",)), Right(("list",), type="list"), WHOLE, BOOL, TEXT,
    ),
    identifier=1,
)  # fmt: skip

EUROPEAN = Layout(
    "european",
    rows(
        lambda n, p: [
            f"K-{10000 + n * 17}",
            f"{p[0]} {p[1]}",
            p[2],
            "" if n % 6 == 2 else f"0{151 + n % 28} {3000000 + n * 81731}",
            p[3],
            f"{1067 + n * 3011:05d}",
            p[4],
            p[6],
            ".".join(reversed(p[7].split("-"))),
            f"{(n * 7919) % 9000 + 12:,}".replace(",", ".") + f",{n * 37 % 100:02d}",
            f"{n * 3 % 40},{n % 10}%",
            pick(["ja", "nein"], n),
            pick(["Newsletter", "Messe", "Empfehlung"], n),
        ]
    ),
    (
        ID, Right(("full name",), ("$name",)), EMAIL, Right(("phone",), ("$phone", "")), COMPANY,
        Right(("code",)), CITY, COUNTRY, Right(("date",), ("$created", ""), "date"),
        Right(("number",), type="number"), Right(("percentage",)), BOOL, TEXT,
    ),
    identifier=1,
    delimiter=";",
)  # fmt: skip

MINIMAL = Layout(
    "minimal",
    [[p[2], p[0], p[1], p[4], p[7]] for p in PEOPLE],
    (EMAIL, FIRST, LAST, CITY, Right(("date",), ("$created", ""), "date")),
    identifier=None,
)

BACKEND = Layout(
    "backend",
    rows(
        lambda n, p: [
            f"{p[7]}T{n % 24:02d}:15:{n * 7 % 60:02d}Z",
            f"{n * 2654435761 % 2**32:08x}-5b1c-4e7d-9a3f-{n * 40503 % 2**48:012x}",
            p[2],
            p[1],
            p[0],
            "" if n % 9 == 4 else f"https://cdn.example.com/u/{n * 77}.png",
            pick(["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Europe/London"], n),
            pick(["en", "de", "en", "fr", "ja", "zh"], n),
            p[6],
            str(round(n * 3.37, 2)),
            pick(["true", "false"], n),
            f'{{"plan": "{pick(["free", "pro"], n)}", "seats": {n % 5}}}',
            str(300 + n * 19 % 550),
            f"10.{n % 4}.{n * 7 % 250}.{n * 31 % 250}",
        ]
    ),
    (
        Right(("datetime",), ("$created", ""), "datetime"), ID, EMAIL, LAST, FIRST,
        Right(("image url",), ("$avatar",), "url"), Right(("timezone",), ("$timezone",)),
        Right(("language",)), COUNTRY, Right(("number",), type="number"), BOOL,
        Right(("json",), type="json"), WHOLE, Right(("ip address",)),
    ),
    identifier=2,
)  # fmt: skip

LAYOUTS = (SALESFORCE, HUBSPOT, EUROPEAN, MINIMAL, BACKEND)
