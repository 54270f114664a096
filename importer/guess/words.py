"""Words that give a column away: countries, states, languages, cities, names of people.

Small on purpose. A list of this length recognises a column, not each of its cells: a third of the
values of a column of first names is enough to tell it from one of last names.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(text.split()).split(", "))


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

COUNTRY_NAMES = _phrases(
    """
    afghanistan, albania, algeria, allemagne, american samoa, andorra, angola, anguilla,
    antarctica, antigua and barbuda, argentina, armenia, aruba, australia, austria, azerbaijan,
    bahamas, bahrain, bangladesh, barbados, belarus, belgique, belgium, belgië, belize, benin,
    bermuda, bhutan, bolivia, bonaire, bosnia and herzegovina, botswana, bouvet island, brasil,
    brazil, british indian ocean territory, brunei, brunei darussalam, bulgaria, burkina faso,
    burma, burundi, cabo verde, cambodia, cameroon, canada, cape verde, cayman islands, central
    african republic, chad, chile, china, christmas island, cocos, colombia, comoros, congo,
    cook islands, costa rica, croatia, cuba, curaçao, cyprus, czech republic, czechia, côte
    d'ivoire, danmark, denmark, deutschland, djibouti, dominica, dominican republic, ecuador,
    egypt, el salvador, england, equatorial guinea, eritrea, espagne, españa, estados unidos,
    estonia, eswatini, ethiopia, falkland islands, faroe islands, fiji, finland, france,
    frankreich, french guiana, french polynesia, french southern territories, gabon, gambia,
    georgia, germany, ghana, gibraltar, great britain, greece, greenland, grenada,
    grossbritannien, guadeloupe, guam, guatemala, guernsey, guinea, guinea-bissau, guyana,
    haiti, heard island and mcdonald islands, holland, holy see, honduras, hong kong, hungary,
    iceland, india, indonesia, iran, iraq, ireland, isle of man, israel, italia, italien, italy,
    ivory coast, jamaica, japan, jersey, jordan, kazakhstan, kenya, kiribati, kuwait,
    kyrgyzstan, laos, latvia, lebanon, lesotho, liberia, libya, liechtenstein, lithuania,
    luxembourg, macao, macau, madagascar, malawi, malaysia, maldives, mali, malta, marshall
    islands, martinique, mauritania, mauritius, mayotte, mexico, micronesia, moldova, monaco,
    mongolia, montenegro, montserrat, morocco, mozambique, myanmar, méxico, namibia, nauru,
    nederland, nepal, netherlands, new caledonia, new zealand, nicaragua, niederlande, niger,
    nigeria, niue, norfolk island, norge, north korea, north macedonia, northern ireland,
    northern mariana islands, norway, oman, pakistan, palau, palestine, panama, papua new
    guinea, paraguay, peru, philippines, pitcairn, poland, polen, polska, portugal, puerto rico,
    qatar, romania, royaume-uni, russia, russian federation, rwanda, réunion, saint barthélemy,
    saint helena, saint kitts and nevis, saint lucia, saint martin, saint pierre and miquelon,
    saint vincent and the grenadines, samoa, san marino, sao tome and principe, saudi arabia,
    schweiz, scotland, senegal, serbia, seychelles, sierra leone, singapore, sint maarten,
    slovakia, slovenia, solomon islands, somalia, south africa, south georgia and the south
    sandwich islands, south korea, south sudan, spain, spanien, sri lanka, sudan, suisse, suomi,
    suriname, svalbard and jan mayen, sverige, swaziland, sweden, switzerland, syria, taiwan,
    tajikistan, tanzania, thailand, the netherlands, timor-leste, togo, tokelau, tonga, trinidad
    and tobago, tunisia, turkey, turkmenistan, turks and caicos islands, tuvalu, türkiye, uae,
    uganda, uk, ukraine, united arab emirates, united kingdom, united states, united states
    minor outlying islands, united states of america, uruguay, usa, uzbekistan, vanuatu,
    vatican, venezuela, vietnam, virgin islands, wales, wallis and futuna, western sahara,
    yemen, zambia, zimbabwe, åland islands, österreich, 中国, 日本
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

REGION_NAMES = _phrases(
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

CITIES = _phrases(
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

FIRST_NAMES = _phrases(
    """
    aaron, abigail, adam, agnieszka, ahmed, aisha, akira, alan, albert, alejandro, alessandro,
    alex, alexander, alexis, ali, alice, amanda, amara, amber, amit, amy, ana, anastasia,
    anders, andrea, andreas, andrei, andrew, andrzej, angela, anja, anjali, ann, anna, anne,
    anouk, anthony, antoine, antonio, aoife, arjun, arthur, ashley, astrid, aurélie, austin,
    ava, ayşe, barbara, beatriz, ben, benjamin, betty, beverly, billy, björn, bobby, bram,
    brandon, brenda, brian, brittany, bruce, bruno, bryan, camille, carl, carlos, carmen, carol,
    carolyn, catherine, charles, charlotte, cheryl, chiara, chinedu, chloe, chris, christian,
    christina, christine, christopher, ciarán, claire, clara, cristian, cristina, cynthia,
    céline, daan, dan, daniel, danielle, dave, david, davide, deborah, debra, deepak, denise,
    dennis, diana, diane, diego, dimitris, dmitri, donald, donna, doris, dorothy, douglas,
    dylan, edward, elena, eleni, elif, elijah, elizabeth, ella, emily, emma, emre, eoin, eric,
    erik, eszter, ethan, eugene, eva, evelyn, ewa, fatima, felix, femke, fernando, florian,
    frances, francesca, francisco, frank, françois, freja, gabriel, gary, george, gerald,
    giorgos, giovanni, giulia, giuseppe, gloria, grace, gregory, greta, gábor, hannah, hans,
    harold, haruto, hassan, heather, heike, helen, helena, henry, hiroshi, hugo, hussein,
    ibrahim, igor, ines, ingrid, inês, ioana, irina, isabel, isabella, istván, ivan, jack,
    jacob, jacqueline, jakub, james, jan, jana, janet, janice, jason, javier, jean, jeffrey,
    jennifer, jens, jeremy, jerry, jesse, jessica, ji-woo, jim, jing, jiří, joan, joanna, joe,
    johanna, johannes, john, johnny, jonas, jonathan, joost, jordan, jorge, jose, joseph,
    joshua, joyce, joão, juan, judith, judy, jukka, jules, julia, julie, julien, justin, jürgen,
    karen, kari, katalin, katarzyna, kate, katherine, kathleen, kathryn, katrin, kavita, kayla,
    keith, kelly, kenji, kenneth, kevin, khalid, kimberly, klaus, krzysztof, kwame, kyle, larry,
    lars, laura, lauren, lawrence, layla, lea, lena, leo, leon, letícia, li, liam, linda, lisa,
    logan, lori, louis, louise, luc, luca, lucas, lucie, lucy, lucía, luis, lukas, léa, madison,
    magdalena, magnus, manon, manuel, marco, margaret, maria, mariana, marie, marilyn, mark,
    marta, martha, martin, mary, mason, mathieu, matt, matteo, matthew, max, małgorzata, megan,
    mehmet, melissa, mia, michael, michel, michelle, miguel, mihai, mike, mikko, min-jun, ming,
    mohammed, monika, moritz, muhammad, mustafa, nancy, natalia, natalie, nathan, neha, niamh,
    nicholas, nick, nicolas, nicole, nikos, nils, nina, noah, nomsa, nora, olav, olga, oliver,
    olivia, omar, oscar, pablo, pamela, paolo, patricia, patrick, paul, paweł, pedro, pekka,
    peter, petr, petra, philip, philippe, pierre, pieter, piotr, pooja, priya, rachel, rafael,
    rahul, raj, ralph, randy, ravi, raymond, rebecca, richard, robert, roger, rohan, ronald,
    rosa, roy, rui, russell, ruth, ryan, sabine, sakura, sam, samantha, samuel, sandra, sanjay,
    sanne, sara, sarah, scott, sean, sebastian, sem, seo-yeon, sergei, sharon, shirley, simon,
    siobhán, sofia, sofía, sophia, sophie, stefan, stephanie, stephen, steve, steven, sunil,
    susan, sven, takashi, tamara, teresa, terry, thabo, theresa, thiago, thomas, tiago, tim,
    timothy, tobias, tom, tomasz, tomás, tyler, ursula, uwe, vera, victoria, vikram, viktor,
    vincent, virginia, walter, wayne, wei, willem, william, willie, wojciech, wolfgang,
    xiaoming, yannis, youssef, yui, yuki, zachary, zainab, zanele, zoe, zofia, zoltán, élodie
    """
)
"""Common ones of many countries."""

LAST_NAMES = _phrases(
    """
    adams, adeyemi, ahmed, ali, allen, almeida, alvarez, andersen, anderson, andersson, andrews,
    armstrong, arnold, bailey, baker, bakker, bauer, becker, bennett, bernard, bianchi, black,
    bonnet, boyd, bradley, braun, brooks, brown, bruno, burns, byrne, böhm, campbell, carpenter,
    carroll, carter, carvalho, castillo, chapman, chavez, chen, cho, choi, clark, cohen,
    collins, colombo, conti, cook, cooper, costa, cox, crawford, cruz, cunningham, davis, demir,
    diaz, dlamini, doyle, dubois, duncan, dunn, dupont, durand, dvořák, díaz, dąbrowski,
    edwards, elliott, eriksson, esposito, evans, ferguson, fernandes, ferrari, ferreira,
    fischer, flores, fontaine, ford, foster, fox, franklin, fraser, garcia, garcía, gardner,
    girard, gomez, gonzalez, gonzález, gonçalves, graham, gray, greco, green, greene, gruber,
    gupta, gustafsson, gutierrez, gómez, haddad, hall, hamilton, hansen, harper, harris, hart,
    hartmann, hawkins, hernandez, hernández, hill, hoang, hoffmann, hofmann, holmes, horváth,
    howard, huang, huber, hudson, hughes, hunt, hussain, ionescu, ito, ivanov, ivanova, iyer,
    jackson, jansen, janssens, jensen, jimenez, johansen, johansson, johnson, jones, joshi,
    jung, kamiński, kang, karlsson, kaya, keller, kelly, khan, khoury, kim, king, klein, knight,
    kobayashi, koch, korhonen, kovács, kowalska, kowalski, krause, krüger, kumar, kuznetsov,
    köhler, lambert, lane, lange, larsen, larsson, laurent, lawrence, lee, lefebvre, lehmann,
    leroy, levy, lewandowski, lewis, lima, lin, liu, long, lopez, lópez, macdonald, maes, maier,
    mansour, marino, martin, martinez, martínez, mason, mccarthy, mcdonald, mehta, meijer,
    mendoza, mensah, mercier, meyer, michel, miller, mitchell, mizrahi, moore, morales, moreau,
    morgan, morris, mulder, murphy, murray, myers, mäkinen, müller, nagy, nakamura, nelson,
    neumann, nguyen, nielsen, nieminen, nilsson, nkosi, novák, nowak, o'brien, o'connor,
    o'neill, okafor, okonkwo, oliveira, olsen, olson, olsson, ortiz, palmer, papadopoulos, park,
    parker, patel, payne, pedersen, peeters, pereira, perez, perkins, persson, peterson, petit,
    petrov, pham, phillips, pierce, popescu, popov, price, pérez, ramirez, ramos, ramírez, ray,
    reddy, reed, reyes, ribeiro, ricci, rice, richard, richardson, richter, riley, rivera,
    robert, roberts, robinson, rodrigues, rodriguez, rodríguez, rogers, romano, ross, rossi,
    roux, ruiz, russo, ryan, sanchez, sanders, santos, sato, schmidt, schmitt, schneider,
    schröder, schulz, schwarz, schäfer, shah, sharma, silva, simon, singh, smirnov, smit, smith,
    snyder, souza, spencer, stewart, stone, sullivan, sun, suzuki, svensson, svoboda, szabó,
    szymański, sánchez, takahashi, tanaka, taylor, thompson, torres, tran, tucker, turner, tóth,
    virtanen, visser, vogel, wagner, walker, wallace, walsh, wang, ward, watanabe, watkins,
    watson, weaver, webb, weber, white, williams, willis, wilson, wiśniewski, wolf, wood,
    woźniak, wright, wu, wójcik, xu, yamamoto, yang, yilmaz, young, zhang, zhao, zhou,
    zieliński, zimmermann, çelik, öztürk, şahin
    """
)
"""Common ones of many countries."""
