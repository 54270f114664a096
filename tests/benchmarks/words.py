"""Word lists from which the invented customers are drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """People and places of one country, drawn as often as its weight says.

    In a phone pattern `#` stands for a digit and `N` for one from 2 to 9. Where numbers are set
    aside for fiction (Ofcom, ACMA, PTS, the North American 555-01xx), it stays inside them.
    """

    code: str
    weight: int
    phone: str
    cities: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


COUNTRIES = (
    Country(
        "US",
        26,
        "+1N##55501##",
        _words(
            "New_York Chicago Austin Seattle Denver Portland Boston Atlanta San_Francisco"
            " San_José Los_Angeles Philadelphia Phoenix Nashville Minneapolis Salt_Lake_City"
        ),
        _words(
            "James Mary Robert Patricia Jennifer Michael Linda David Elizabeth William Barbara"
            " Susan Joseph Jessica Thomas Karen Daniel Ashley Matthew Emily Anthony Olivia Ethan"
            " Sophia Mason Aaliyah Tyrone Guadalupe Hunter Brooklyn"
        ),
        _words(
            "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez"
            " Lopez Wilson Anderson Taylor Moore Jackson Martin Lee Thompson White Harris Clark"
            " Lewis Robinson Walker Young Allen O'Connor McDonald"
        ),
    ),
    Country(
        "GB",
        10,
        "+447700900###",
        _words("London Manchester Bristol Leeds Edinburgh Glasgow Cardiff Belfast Brighton York"),
        _words(
            "Oliver Amelia Harry Isla George Ava Noah Emily Jack Poppy Charlie Freya Alfie Grace"
            " Rhys Siân Callum Niamh Imran Priya"
        ),
        _words(
            "Evans Hughes Edwards Green Wood Patel Khan Ward Turner Cooper Hill Clarke Morris"
            " Bennett Campbell O'Neill Fraser Llewellyn Whittaker Smythe-Jones"
        ),
    ),
    Country(
        "DE",
        10,
        "+49151########",
        _words(
            "Berlin München Hamburg Köln Frankfurt Stuttgart Düsseldorf Leipzig Nürnberg Bremen"
        ),
        _words(
            "Lukas Anna Jürgen Sabine Björn Käthe Stefan Claudia Thomas Heike Matthias Ursula Jörg"
            " Anke Felix Leonie Günther Petra Emre Ayşe"
        ),
        _words(
            "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer"
            " Köhler Groß Weiß von_Arnim Jäger Böhm Krüger Lange Yılmaz"
        ),
    ),
    Country(
        "FR",
        7,
        "+336########",
        _words("Paris Lyon Marseille Toulouse Nice Nantes Bordeaux Lille Rennes Saint-Étienne"),
        _words(
            "Camille Léa Chloé Manon Hugo Jules Théo Inès Zoé François Jérôme Hélène Anaïs Benoît"
            " Maël Océane Jean-Luc Marie-Claude Mehdi Fatou"
        ),
        _words(
            "Martin Bernard Dubois Thomas Robert Petit Durand Leroy Moreau Simon Laurent Lefèvre"
            " Garnier Faure Lemaître d'Aubigné Le_Gall Béranger Traoré Benali"
        ),
    ),
    Country(
        "ES",
        5,
        "+346########",
        _words("Madrid Barcelona Valencia Sevilla Zaragoza Málaga Bilbao La_Coruña Alcalá"),
        _words(
            "Lucía Martín Sofía Hugo María Pablo Iker Nerea José_Luis Íñigo Begoña Álvaro Inés"
            " Joaquín Núria Jordi"
        ),
        _words(
            "García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Muñoz Ibáñez"
            " Núñez Peña Castaño Etxeberria Puig"
        ),
    ),
    Country(
        "BR",
        6,
        "+55119########",
        _words("São_Paulo Rio_de_Janeiro Brasília Salvador Fortaleza Curitiba Recife Goiânia"),
        _words(
            "João Ana Antônio Márcia Luís Fernanda Gustavo Letícia Thiago Patrícia Conceição"
            " Rafael Vinícius Beatriz"
        ),
        _words(
            "Silva Santos Oliveira Souza Pereira Lima Carvalho Araújo Ribeiro Gonçalves Assunção"
            " da_Cunha dos_Anjos Magalhães"
        ),
    ),
    Country(
        "PL",
        5,
        "+48512######",
        _words("Warszawa Kraków Łódź Wrocław Poznań Gdańsk Szczecin Lublin"),
        _words(
            "Łukasz Małgorzata Paweł Agnieszka Michał Żaneta Wojciech Zofia Grzegorz Bożena Jakub"
            " Kinga"
        ),
        _words(
            "Nowak Kowalski Wiśniewska Wójcik Kamińska Lewandowski Zieliński Szymański Dąbrowska"
            " Woźniak Jabłoński Brzęczyszczykiewicz"
        ),
    ),
    Country(
        "SE",
        4,
        "+4670174####",
        _words("Stockholm Göteborg Malmö Uppsala Västerås Örebro Linköping Umeå"),
        _words("Åsa Björn Göran Märta Sören Ebba Nils Linnéa Håkan Elsa Örjan Saga"),
        _words(
            "Andersson Johansson Karlsson Nilsson Eriksson Sjöberg Åkesson Lindström Bäckström"
            " Öberg Hägglund Strömqvist"
        ),
    ),
    Country(
        "CZ",
        3,
        "+420601######",
        _words("Praha Brno Ostrava Plzeň Liberec Olomouc České_Budějovice"),
        _words("Jiří Kateřina Tomáš Eliška Ondřej Markéta Václav Zdeňka Šimon Růžena"),
        _words("Novák Svobodová Dvořák Černý Procházka Kučera Veselá Horák Němec Říha"),
    ),
    Country(
        "TR",
        3,
        "+90532#######",
        _words("İstanbul Ankara İzmir Bursa Eskişehir Diyarbakır Muğla"),
        _words("Mehmet Ayşe Çağla Ömer Gülşen İbrahim Şule Yiğit Büşra Oğuz"),
        _words("Yılmaz Kaya Demir Şahin Çelik Yıldız Öztürk Aydın Özdemir Doğan"),
    ),
    Country(
        "IN",
        7,
        "+9198########",
        _words("Mumbai Bengaluru Delhi Chennai Hyderabad Pune Kolkata Ahmedabad"),
        _words(
            "Aarav Ananya Vihaan Diya Arjun Ishita Rohan Kavya Rahul Lakshmi Sanjay Meera अमित नेहा"
        ),
        _words(
            "Sharma Verma Gupta Iyer Nair Reddy Mehta Chatterjee Singh Kulkarni Bhattacharya"
            " Subramanian शर्मा वर्मा"
        ),
    ),
    Country(
        "JP",
        4,
        "+8190########",
        _words("東京 大阪 Nagoya 京都 Fukuoka Sapporo 横浜"),
        _words("美咲 翔太 陽菜 健一 Yuki Haruto さくら Kenji 直樹 Aiko"),
        _words("佐藤 鈴木 高橋 田中 Watanabe Ito 山本 Nakamura 小林 Kato"),
    ),
    Country(
        "CN",
        3,
        "+86138########",
        _words("北京 上海 Shenzhen 广州 Hangzhou 成都"),
        _words("伟 芳 Xiaoming 丽 强 Mei 建国 Yifan"),
        _words("李 王 Zhang 刘 陈 Huang 欧阳 Zhao"),
    ),
    Country(
        "UA",
        2,
        "+38067#######",
        _words("Київ Львів Odesa Харків Dnipro"),
        _words("Олександр Ольга Андрій Наталія Iryna Тарас Юлія Dmytro"),
        _words("Шевченко Коваленко Бондар Ткаченко Melnyk Кравченко Lysenko"),
    ),
    Country(
        "GR",
        2,
        "+3069########",
        _words("Αθήνα Θεσσαλονίκη Patras Ηράκλειο"),
        _words("Γιώργος Μαρία Nikos Ελένη Κώστας Sofia"),
        _words("Παπαδόπουλος Νικολάου Georgiou Οικονόμου Dimitriou"),
    ),
    Country(
        "AE",
        2,
        "+97150#######",
        _words("Dubai دبي Abu_Dhabi Sharjah"),
        _words("Mohammed فاطمة Ahmed Layla خالد Noura"),
        _words("Al_Maktoum الهاشمي Al-Farsi Hassan المنصوري"),
    ),
    Country(
        "AU",
        4,
        "+61491570###",
        _words("Sydney Melbourne Brisbane Perth Adelaide Hobart Canberra"),
        _words("Jack Charlotte Lachlan Matilda Angus Ruby Bruce Sheila Xavier Zara"),
        _words("Nguyen Kelly Walsh Ryan Mitchell O'Brien Stewart Fitzgerald Tran Papadopoulos"),
    ),
    Country(
        "VN",
        2,
        "+8490#######",
        _words("Hà_Nội Đà_Nẵng Huế Cần_Thơ"),
        _words("Thị_Hương Văn_Minh Đức Ngọc_Ánh Quỳnh Tuấn"),
        _words("Nguyễn Trần Lê Phạm Đặng Vũ"),
    ),
)

COMPANY_STEMS = _words(
    "Northwind Acme Bluebird Harbour Juniper Silverline Quantum Redwood Lakeside Granite Copper"
    " Falcon Meridian Aurora Cobalt Evergreen Summit Beacon Willow Horizon Vertex Atlas Orchid"
    " Ember Nimbus Tidewater Maple Keystone Cascade Lumen Pioneer Sable Zephyr Solstice Onyx"
    " Kestrel Fjord Nordlicht Café_Zentral Ångström Belle_Époque Señor_Taco"
)
COMPANY_TRADES = _words(
    "Logistics Foods Robotics Textiles Analytics Consulting Interiors Energy Pharma Studios"
    " Motors Software Outdoor Ceramics Travel Media Labs Bikes Insurance Hardware"
)
COMPANY_FORMS = ("Ltd", "GmbH", "Inc.", "LLC", "S.A.", "AB", "BV", "Group", "& Sons", "Pty Ltd")

# What an export's quoting exists for: commas, quotation marks, line breaks.
AWKWARD_COMPANIES = (
    "Smith, Patel & Partners LLP",
    "Baker, Baker & Candlestick, Inc.",
    'The "Good Enough" Software Company',
    'Gasthof "Zur Linde", Inh. K. Groß',
    "Harbour Freight, Ltd.\nAccounts Department",
    "Redwood Travel\n2nd floor\nBuilding C",
    'Say "Cheese"',
)

MAIL_HOSTS = ("example.com", "example.org", "example.net", "mail.example", "post.example")
PLANS = (("free", 46), ("starter", 24), ("team", 15), ("business", 10), ("enterprise", 5))
TAGS = _words(
    "newsletter beta vip trial webinar-2024 webinar-2025 referral churn-risk partner reseller"
    " education non-profit wholesale mobile-app early-adopter do-not-call black-friday"
    " onboarding annual-billing survey-2025 event:oslo event:lisbon upsell support-gold"
)
JUNK_IDS = ("n/a", "null", "N/A", "undefined", "NULL", "0", "unknown", "none", "-1", "anonymous")
