"""Words that give a column away: countries, states, languages, cities.

Small on purpose: a list of this length recognises a column, not each of its cells.
"""

import unicodedata


def plain(text: str) -> str:
    """Return small letters without their accents: people write both Córdoba and CORDOBA."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """Return what commas separate, as `plain` returns it."""
    return frozenset(plain(" ".join(text.split())).split(", "))


COUNTRIES_2 = _words(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR
    BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ
    EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW
    GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY
    KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV
    MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY
    QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG
    TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM
    ZW
    """
)
"""ISO 3166-1 alpha-2."""

COUNTRIES_3 = _words(
    """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD
    BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR
    COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH
    ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL
    GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR
    JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR
    MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL
    NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY
    PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP
    SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA
    UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
    """
)
"""ISO 3166-1 alpha-3."""

COUNTRY_NAMES = phrases(
    """
    afghanistan, afrique du sud, albania, albanien, alemanha, alemania, algeria, algerie,
    algerien, allemagne, american samoa, andorra, angleterre, angola, anguilla, antarctica,
    antarctica (the territory south of 60 deg s), antigua and barbuda, arabia saudita, arabie
    saoudite, argelia, argentina, argentine, argentinien, armenia, aruba, australia, australie,
    australien, austria, autriche, azerbaijan, azerbaiyan, bahamas, bahrain, bangladesh,
    barbados, belarus, belgia, belgica, belgien, belgio, belgique, belgium, belgië, belize,
    benin, bermuda, bhutan, bielorrusia, bolivia, bolivien, bonaire, bosnia, bosnia and
    herzegovina, bosnien, bosnien und herzegowina, botswana, bouvet island, brasil, brasile,
    brasilien, brazil, brazilie, bresil, british indian ocean territory, brunei, brunei
    darussalam, bulgaria, bulgarie, bulgarien, burkina faso, burma, burundi, cabo verde,
    cambodia, cameroon, cameroun, camerun, canada, canadá, cape verde, cayman islands, central
    african republic, ceska republika, chad, chile, chili, china, chine, chipre, christmas
    island, cile, cina, cocos, colombia, colombie, comoros, congo, cook islands, corea del
    norte, corea del sur, coreia do sul, corée du sud, costa rica, croacia, croatia, croatie,
    croazia, cuba, curaçao, cypern, cyprus, czech republic, czechia, côte d'ivoire, danemark,
    danimarca, danmark, denmark, deutschland, dinamarca, djibouti, dominica, dominican republic,
    dänemark, ecuador, egipt, egipto, egitto, egypt, egypte, el salvador, emirati arabi uniti,
    emiratos árabes unidos, england, equatorial guinea, eritrea, eslovaquia, eslovenia,
    eslováquia, eslovênia, espagne, españa, estados unidos, estland, estonia, estonie, eswatini,
    etats-unis, ethiopia, falkland islands, faroe islands, fiji, filipinas, finland, finlande,
    finlandia, finnland, france, francia, francja, frankreich, frankrig, frankrijk, frankrike,
    frança, french guiana, french polynesia, french southern territories, gabon, gambia,
    georgia, georgien, germania, germany, ghana, gibraltar, gran bretaña, grande-bretagne, great
    britain, grecia, greece, greenland, grenada, griechenland, griekenland, grossbritannien,
    großbritannien, grèce, grécia, guadeloupe, guam, guatemala, guernsey, guinea, guinea-bissau,
    guyana, haiti, heard island and mcdonald islands, hiszpania, holanda, holland, holy see,
    honduras, hong kong, hongarije, hongrie, hungary, hungria, hungría, iceland, ierland, inde,
    india, indien, indonesia, indonesien, inghilterra, inglaterra, irak, iran, iraq, ireland,
    irland, irlanda, irlande, island, islande, islandia, isle of man, israel, israël, italia,
    italie, italien, italy, itália, ivory coast, jamaica, jamaika, japan, japon, japão, japón,
    jersey, jordan, jordanie, jordanien, kanada, kasachstan, kazakhstan, kenia, kenya, kiribati,
    kolumbien, korea, korea (south), kroatia, kroatien, kuwait, kyrgyz republic, kyrgyzstan, lao
    people's democratic republic, laos, latvia, lebanon, lesotho, letonia, lettland, lettonie,
    liban, libano, liberia, libya, libyan arab jamahiriya, liechtenstein, litauen, lithuania,
    lituania, lituanie, luxembourg, luxemburg, luxemburgo, líbano, macao, macau, madagascar,
    magyarország, malaisie, malasia, malawi, malaysia, maldives, mali, malta, malásia, maroc,
    marokko, marrocos, marruecos, marshall islands, martinique, mauritania, mauritius, mayotte,
    messico, mexico, mexiko, mexique, micronesia, moldavia, moldova, monaco, mongolia,
    montenegro, montserrat, morocco, mozambique, myanmar, méxico, namibia, nauru, nederland,
    nederländerna, nepal, netherlands, neuseeland, new caledonia, new zealand, nicaragua,
    niederlande, niemcy, niger, nigeria, niue, noorwegen, norfolk island, norge, north korea,
    north macedonia, northern ireland, northern mariana islands, noruega, norvegia, norvège,
    norway, norwegen, nouvelle-zélande, nova zelândia, nueva zelanda, oman, oostenrijk, paesi
    bassi, pakistan, palau, palestine, palestinian territory, panama, panamá, papua new guinea,
    paraguay, pays-bas, países baixos, países bajos, perou, peru, perú, philippinen,
    philippines, pitcairn, pitcairn islands, poland, polen, pologne, polonia, polonya, polska,
    polônia, portogallo, portugal, puerto rico, pérou, qatar, regno unito, reino unido, republic
    of ireland, republic of korea, republica checa, republik korea, república checa,
    república dominicana, república tcheca, romania, romênia, roumanie, royaume-uni, rumania,
    rumanía, rumänien, rusia, russia, russian federation, russie, russland, rwanda, rép.
    tchèque, républica, réunion, rússia, saint barthélemy, saint helena, saint kitts and nevis,
    saint lucia, saint martin, saint pierre and miquelon, saint vincent and the grenadines,
    samoa, san marino, sao tome and principe, saoedi-arabië, saudi arabia, saudi-arabien,
    schottland, schweiz, scotland, senegal, serbia, serbie, serbien, seychelles, sierra leone,
    singapore, singapur, sint maarten, slovakia, slovakia (slovak republic), slovaquie,
    slovenia, slovénie, slowakei, slowenien, solomon islands, somalia, south africa, south
    georgia and the south sandwich islands, south korea, south sudan, spagna, spain, spanien,
    spanje, sri lanka, stati uniti, sudafrica, sudan, sudáfrica, suecia, suisse, suiza, suomi,
    suriname, suède, suécia, suíça, svalbard and jan mayen, sverige, svezia, svizzera,
    swaziland, sweden, switzerland, syria, syrian arab republic, szwajcaria, südafrika,
    südkorea, tailandia, tailândia, taiwan, tajikistan, tanzania, thailand, thailande, the
    netherlands, timor-leste, togo, tokelau, tonga, trinidad and tobago, tschechien,
    tschechische republik, tunesien, tunisia, tunisie, turchia, turkei, turkey, turkmenistan,
    turks and caicos islands, turquia, turquie, turquía, tuvalu, túnez, türkei, türkiye, u.k.,
    u.s.a., uae, ucrania, ucrânia, uganda, uk, ukraina, ukraine, ungarn, ungheria, united arab
    emirates, united kingdom, united states, united states minor outlying islands, united states
    of america, united states virgin islands, uruguai, uruguay, usa, uzbekistan, vanuatu,
    vatican, venezuela, vereinigte arabische emirate, vereinigte staaten, vereinigtes
    königreich, verenigd koninkrijk, verenigde staten, viet nam, vietnam, virgin islands, wales,
    wallis and futuna, weißrussland, western sahara, wielka brytania, włochy, yemen, zambia,
    zimbabwe, zweden, zwitserland, zypern, áfrica do sul, åland islands, états-unis, österreich,
    österrike, česko, česká republika, 中国, 日本
    """
)
"""In English, and some as their own people write them."""

REGIONS_2 = _words(
    """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM
    NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR AB BC MB NB NL NS ON PE QC SK
    YT NT NU
    """
)
"""States of the USA and provinces of Canada, as the post abbreviates them."""

REGIONS_BRAZIL = _words(
    "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO"
)
REGIONS_AUSTRALIA = _words("ACT NSW NT QLD SA TAS VIC WA")

REGION_NAMES = phrases(
    """
    alabama, alaska, alberta, andalucía, andalusia, arizona, arkansas, auvergne-rhône-alpes,
    baden-württemberg, bahia, bavaria, bayern, berlin, bern, brandenburg, bremen, bretagne,
    british columbia, california, campania, catalonia, catalunya, cataluña, colorado,
    connecticut, cornwall, delaware, delhi, devon, district of columbia, emilia-romagna, essex,
    florida, galicia, gelderland, georgia, grand est, greater london, gujarat, hamburg,
    hampshire, hauts-de-france, hawaii, hesse, hessen, idaho, illinois, indiana, iowa, jalisco,
    kansas, karnataka, kent, kentucky, kerala, kärnten, lancashire, lazio, lombardia, lombardy,
    louisiana, lower saxony, madrid, maharashtra, maine, manitoba, maryland, massachusetts,
    mazowieckie, mecklenburg-vorpommern, michigan, minas gerais, minnesota, mississippi,
    missouri, montana, nebraska, nevada, new brunswick, new hampshire, new jersey, new mexico,
    new south wales, new york, newfoundland and labrador, niedersachsen, noord-brabant,
    noord-holland, nordrhein-westfalen, normandie, north carolina, north dakota, north
    rhine-westphalia, nouvelle-aquitaine, nova scotia, nuevo león, occitanie, ohio, oklahoma,
    ontario, oregon, paraná, pennsylvania, piemonte, prince edward island, provence-alpes-côte
    d'azur, quebec, queensland, québec, rheinland-pfalz, rhode island, rio de janeiro, saarland,
    sachsen, sachsen-anhalt, salzburg, saskatchewan, saxony, schleswig-holstein, sicilia, south
    australia, south carolina, south dakota, steiermark, surrey, são paulo, tamil nadu,
    tasmania, telangana, tennessee, texas, thüringen, tirol, toscana, tuscany, utah, utrecht,
    uttar pradesh, valencia, vaud, veneto, vermont, victoria, virginia, vlaanderen, washington,
    west bengal, west virginia, western australia, wien, wisconsin, wyoming, yorkshire,
    zuid-holland, zürich, île-de-france
    """
)
"""States, provinces and regions of the countries that exports come from most."""

LANGUAGES = _words(
    """
    ar bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl he hi hr hu hy id is it ja ka kk ko
    lt lv mk mn mr ms mt nb nl nn no pa pl pt ro ru sk sl sq sr sv sw ta te th tl tr uk ur uz vi
    zh
    """
)
"""ISO 639-1, those that products are translated into."""

CURRENCIES = _words(
    """
    AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR JPY KES KRW
    KWD MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RUB SAR SEK SGD THB TRY TWD UAH USD VND
    ZAR
    """
)
"""ISO 4217, those that prices are written in."""

CITIES = phrases(
    """
    aachen, aalborg, aarhus, aberdeen, abu dhabi, abuja, accra, addis ababa, adelaide,
    ahmedabad, albany, albuquerque, algiers, alicante, amman, amsterdam, anaheim, ankara, ann
    arbor, antwerp, antwerpen, arlington, athens, atlanta, auckland, augsburg, austin,
    baltimore, bangalore, bangkok, barcelona, bari, basel, bath, baton rouge, beijing, beirut,
    belfast, belgrade, belo horizonte, bengaluru, bergen, berlin, bern, bielefeld, bilbao,
    birmingham, bochum, bogotá, boise, bologna, bonn, bordeaux, boston, boulder, braga,
    brasília, bratislava, bremen, brighton, brisbane, bristol, brno, brooklyn, bruges, brussels,
    bruxelles, bucharest, budapest, buenos aires, buffalo, busan, cairo, calgary, cali,
    cambridge, canberra, cape town, caracas, cardiff, casablanca, catania, charleston,
    charlotte, chengdu, chennai, chicago, christchurch, cincinnati, ciudad de méxico, cleveland,
    coimbra, cologne, colombo, colorado springs, columbus, copenhagen, cork, curitiba, córdoba,
    dakar, dallas, dar es salaam, delft, delhi, den haag, denver, des moines, detroit, dhaka,
    dijon, doha, dortmund, dresden, dubai, dublin, duisburg, durban, düsseldorf, edinburgh,
    edmonton, eindhoven, erfurt, essen, exeter, firenze, florence, fort worth, fortaleza,
    frankfurt, frankfurt am main, freiburg, fremont, fresno, fukuoka, galway, gdansk, gdańsk,
    geneva, genoa, genova, gent, genève, ghent, glasgow, gothenburg, granada, grand rapids,
    graz, grenoble, groningen, guadalajara, guangzhou, göteborg, haifa, hamburg, hangzhou,
    hannover, hanoi, hanover, hartford, heidelberg, helsinki, ho chi minh city, hong kong,
    honolulu, houston, hyderabad, incheon, indianapolis, innsbruck, irvine, islamabad, istanbul,
    izmir, jacksonville, jaipur, jakarta, jeddah, jersey city, jerusalem, johannesburg, kampala,
    kansas city, karachi, karlsruhe, kassel, kathmandu, katowice, kaunas, kharkiv, kiel, kiev,
    kobe, kolkata, krakow, kraków, kuala lumpur, kuwait city, kyiv, kyoto, köln, københavn,
    lagos, lahore, las vegas, lausanne, leeds, leicester, leipzig, lille, lima, limerick, linz,
    lisboa, lisbon, little rock, liverpool, liège, ljubljana, london, long beach, los angeles,
    louisville, lucerne, lucknow, luxembourg, lviv, lyon, madison, madrid, magdeburg, mainz,
    malaga, malmö, manama, manchester, manila, mannheim, marrakech, marseille, medellín,
    melbourne, memphis, mesa, mexico city, miami, milan, milano, milwaukee, minneapolis, minsk,
    monterrey, montevideo, montpellier, montreal, montréal, moscow, mountain view, mumbai,
    munich, murcia, muscat, málaga, münchen, münster, nagoya, nairobi, nancy, nantes, naples,
    napoli, nashville, new delhi, new orleans, new york, new york city, newark, newcastle, nice,
    norfolk, nottingham, nuremberg, nürnberg, oakland, odense, odesa, oklahoma city, omaha,
    orlando, osaka, oslo, ottawa, oxford, padova, palermo, palma, palo alto, paris, perth,
    philadelphia, phoenix, pittsburgh, plano, plymouth, portland, porto, porto alegre, potsdam,
    poznan, poznań, prague, praha, pretoria, providence, puebla, pune, quebec city, quito,
    québec, rabat, raleigh, reading, recife, regensburg, reims, rennes, reykjavik, richmond,
    riga, rio de janeiro, riyadh, rochester, roma, rome, rosario, rostock, rotterdam,
    sacramento, saint paul, saint petersburg, salt lake city, salvador, salzburg, san antonio,
    san diego, san francisco, san jose, san josé, santa monica, santiago, sao paulo, sapporo,
    sarajevo, savannah, scottsdale, seattle, seoul, sevilla, seville, shanghai, sheffield,
    shenzhen, singapore, skopje, sofia, southampton, split, spokane, st louis, st. louis, st.
    paul, stavanger, stockholm, strasbourg, stuttgart, sunnyvale, surat, swansea, sydney, são
    paulo, tacoma, taipei, tallinn, tampa, tampere, tartu, tbilisi, tel aviv, the hague,
    tijuana, tirana, tokyo, torino, toronto, toulon, toulouse, tours, trieste, trondheim,
    tucson, tulsa, tunis, turin, turku, uppsala, utrecht, valencia, valladolid, vancouver,
    venezia, venice, verona, vienna, vigo, vilnius, virginia beach, warsaw, warszawa,
    washington, wellington, wien, winnipeg, wroclaw, wrocław, wuhan, wuppertal, yokohama, york,
    zagreb, zaragoza, zurich, zürich, łódź
    """
)
"""Cities that customers live in, as they and their neighbours write them."""
