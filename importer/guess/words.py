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
    aaron, abby, abigail, adam, adriana, agnes, agnieszka, ahmed, aimee, aisha, akira, alan,
    albert, alejandro, alessandro, alex, alexander, alexandra, alexis, ali, alice, alicia,
    alison, allen, alyssa, amanda, amara, amber, amelia, amit, amy, ana, anastasia, anders,
    andrea, andreas, andrei, andrew, andrzej, andy, angela, angelina, anita, anja, anjali, ann,
    anna, anne, annie, anouk, anthony, antoine, antonio, aoife, april, ariana, arjun, arlene,
    arthur, ashley, astrid, audrey, aurélie, austin, autumn, ava, ayşe, bailey, barbara,
    beatriz, becky, ben, benjamin, bernice, bertha, bessie, beth, betty, beverly, bill, billy,
    björn, bob, bobby, bonnie, brad, bram, brandon, brenda, brent, brett, brian, brittany,
    brooke, bruce, bruno, bryan, caitlin, calvin, camille, candace, carl, carla, carlos, carly,
    carmen, carol, caroline, carolyn, carrie, cassandra, catherine, cecilia, chad, charlene,
    charles, charlotte, chase, chelsea, cheryl, chiara, chinedu, chloe, chris, christian,
    christina, christine, christopher, ciarán, cindy, claire, clara, clarence, clifford, clyde,
    cody, colin, colleen, connie, connor, cooper, corey, cory, courtney, craig, cristian,
    cristina, crystal, curtis, cynthia, céline, daan, daisy, damian, dan, dana, daniel,
    danielle, danny, darlene, darrell, dave, david, davide, dawn, debbie, deborah, debra,
    deepak, delia, denise, dennis, derek, derrick, desiree, devin, diana, diane, diego,
    dimitris, dmitri, dolores, dominic, don, donald, donna, dora, doris, dorothy, doug, douglas,
    drew, duane, dustin, dylan, earl, ed, eddie, edith, edward, edwin, eileen, elaine, eleanor,
    elena, eleni, eli, elif, elijah, elizabeth, ella, ellen, elsie, emily, emma, emre, eoin,
    eric, erica, erik, erika, erin, esther, eszter, ethan, ethel, eugene, eva, evan, evelyn,
    ewa, faith, fatima, faye, felicia, felix, femke, fernando, florence, florian, frances,
    francesca, francis, francisco, frank, françois, fred, freja, gabriel, gail, garrett, gary,
    gavin, george, gerald, geraldine, gertrude, gilbert, gina, ginger, giorgos, giovanni,
    giulia, giuseppe, glenda, glenn, gloria, gordon, grace, grant, greg, gregory, greta,
    gretchen, gwen, gábor, haley, hannah, hans, harold, harriet, haruto, harvey, hassan, hazel,
    heather, heike, helen, helena, henry, herbert, hilary, hiroshi, holly, homer, hope, howard,
    hugo, hunter, hussein, ian, ibrahim, ida, igor, ines, ingrid, inês, ioana, irene, irina,
    iris, isaac, isabel, isabella, isaiah, istván, ivan, ivy, jack, jackie, jackson, jacob,
    jacqueline, jake, jakub, james, jan, jana, jane, janet, janice, jared, jasmine, jason,
    javier, jay, jean, jeanette, jeff, jeffrey, jenna, jennifer, jenny, jens, jeremy, jerome,
    jerry, jesse, jessica, ji-woo, jill, jim, jimmy, jing, jiří, joan, joann, joanna, joanne,
    jocelyn, joe, joel, johanna, johannes, john, johnny, jon, jonas, jonathan, joost, jordan,
    jorge, jose, joseph, josephine, joshua, joy, joyce, joão, juan, juanita, judith, judy,
    jukka, jules, julia, julian, julianna, julie, julien, june, justin, jürgen, kara, karen,
    kari, karl, katalin, katarzyna, kate, katherine, kathleen, kathryn, kathy, katie, katrin,
    katrina, kavita, kay, kayla, keith, kelly, kelsey, ken, kendra, kenji, kenneth, kevin,
    khalid, kim, kimberly, klaus, krista, kristen, kristin, kristina, kristine, krzysztof, kurt,
    kwame, kyle, lana, lance, landon, larry, lars, latoya, laura, lauren, lawrence, layla, lea,
    leah, lena, leo, leon, leonard, leroy, leslie, letícia, levi, lewis, li, liam, lillian,
    linda, lindsay, lindsey, lisa, lloyd, logan, loretta, lori, lorraine, louis, louise, luc,
    luca, lucas, lucie, lucille, lucy, lucía, luis, lukas, luke, lydia, lynn, léa, mabel,
    madison, magdalena, magnus, malcolm, mandy, manon, manuel, marcia, marco, marcus, margaret,
    maria, mariana, marie, marilyn, mario, marion, marjorie, mark, marlene, marsha, marta,
    martha, martin, marvin, mary, mason, mathieu, matt, matteo, matthew, maureen, maurice, max,
    maxine, małgorzata, megan, meghan, mehmet, melinda, melissa, melvin, mercedes, meredith,
    mia, micah, michael, michel, michelle, miguel, mihai, mike, mikko, mildred, min-jun, mindy,
    ming, miranda, miriam, misty, mitchell, mohammed, molly, mona, monica, monika, morgan,
    moritz, muhammad, mustafa, myra, nadia, nancy, naomi, natalia, natalie, natasha, nathan,
    nathaniel, neha, neil, nellie, niamh, nicholas, nick, nicolas, nicole, nikos, nils, nina,
    noah, nomsa, nora, norma, norman, olav, olga, oliver, olivia, omar, oscar, owen, pablo,
    paige, pamela, paolo, parker, patricia, patrick, paul, paula, pauline, paweł, pearl, pedro,
    peggy, pekka, penny, perry, peter, petr, petra, phil, philip, philippe, phyllis, pierre,
    pieter, piotr, pooja, preston, priscilla, priya, quentin, rachael, rachel, rafael, rahul,
    raj, ralph, ramona, randy, ravi, raymond, rebecca, reginald, renee, richard, rick, ricky,
    rita, robert, roberta, robin, robyn, rodney, roger, rohan, roland, ron, ronald, ronnie,
    rosa, rosemary, ross, roxanne, roy, ruben, ruby, rudy, rui, russell, ruth, ryan, sabine,
    sabrina, sakura, sally, sam, samantha, samuel, sandra, sanjay, sanne, sara, sarah, savannah,
    scott, sean, sebastian, selena, sem, seo-yeon, sergei, seth, shane, shannon, sharon, shawna,
    sheila, shelby, shelly, sheri, sherry, shirley, sidney, simon, siobhán, sofia, sofía, sonia,
    sophia, sophie, spencer, stacey, stacy, stanley, stefan, stella, stephanie, stephen, steve,
    steven, stuart, sue, sunil, susan, susie, suzanne, sven, sylvia, tabitha, takashi, tamara,
    tammy, tanya, tara, tasha, ted, teresa, terrence, terry, thabo, theodore, theresa, thiago,
    thomas, tiago, tiffany, tim, timothy, tina, tobias, todd, tom, tomasz, tommy, tomás, toni,
    tony, tonya, tracey, traci, tracy, travis, trent, trevor, trisha, tristan, troy, tyler,
    ursula, uwe, valerie, vanessa, vera, vernon, veronica, vicki, vickie, victor, victoria,
    vikram, viktor, vincent, viola, virginia, vivian, wade, wallace, walter, wanda, warren,
    wayne, wei, wendy, wesley, whitney, willem, william, willie, wilma, wojciech, wolfgang,
    wyatt, xavier, xiaoming, yannis, yolanda, youssef, yui, yuki, yvonne, zach, zachary, zainab,
    zanele, zoe, zofia, zoltán, élodie
    """
)
"""Common ones of many countries."""

LAST_NAMES = _phrases(
    """
    adams, adeyemi, aguilar, ahmed, alexander, ali, allen, almeida, alvarado, alvarez, andersen,
    anderson, andersson, andrews, armstrong, arnold, atkinson, ayers, bailey, baker, bakker,
    baldwin, barker, barnes, barnett, barrett, bates, bauer, baxter, becker, bell, bender,
    bennett, bernard, berry, bianchi, bishop, black, blair, bonnet, bowen, boyd, bradley, braun,
    brewer, brooks, brown, bruno, bryant, burke, burns, butler, byrne, böhm, caldwell, campbell,
    carlson, carpenter, carroll, carter, carvalho, castillo, castro, chambers, chapman, chavez,
    chen, cho, choi, clark, cohen, cole, coleman, collins, colombo, conti, cook, cooper, costa,
    cox, crawford, cross, cruz, cunningham, curtis, davidson, davis, day, dean, delgado, demir,
    diaz, dixon, dlamini, douglas, downs, doyle, dubois, duncan, dunn, dupont, durand, dvořák,
    díaz, dąbrowski, edwards, elliott, ellis, eriksson, esposito, estrada, evans, farmer,
    ferguson, fernandes, ferrari, ferreira, figueroa, fischer, fisher, fletcher, flores,
    flowers, floyd, foley, fontaine, ford, foster, fox, frank, franklin, fraser, frazier,
    freeman, fuller, garcia, garcía, gardner, garrett, george, gibson, gilbert, girard, gomez,
    gonzalez, gonzález, gonçalves, gordon, graham, gray, greco, green, greene, greer, griffin,
    gruber, guerra, gupta, gustafsson, gutierrez, guzman, gómez, haddad, hale, hall, hamilton,
    hammond, hansen, hanson, hardy, harper, harrington, harris, hart, hartmann, hawkins, hayes,
    haynes, henderson, henry, hernandez, hernández, herrera, hicks, higgins, hill, hoang,
    hodges, hoffmann, hofmann, holmes, holt, hopkins, horváth, howard, huang, huber, hudson,
    hughes, hunt, hussain, ionescu, ito, ivanov, ivanova, iyer, jackson, jansen, janssens,
    jenkins, jennings, jensen, jimenez, johansen, johansson, johnson, jones, jordan, joshi,
    jung, kamiński, kane, kang, karlsson, kaya, keller, kelly, khan, khoury, kim, king, klein,
    knight, kobayashi, koch, korhonen, kovács, kowalska, kowalski, krause, krüger, kumar,
    kuznetsov, köhler, lambert, lane, lange, larsen, larson, larsson, laurent, lawrence, lee,
    lefebvre, lehmann, leonard, leroy, levy, lewandowski, lewis, lima, lin, little, liu, lloyd,
    logan, long, lopez, love, lowe, lozano, lynch, lópez, macdonald, maes, maier, maldonado,
    mansour, marino, marshall, martin, martinez, martínez, mason, may, mccarthy, mcdaniel,
    mcdonald, medina, mehta, meijer, mendez, mendoza, mensah, mercier, meyer, michel, miles,
    miller, mitchell, mizrahi, moore, morales, moreau, moreno, morgan, morris, mulder, munoz,
    murphy, murray, muñoz, myers, mäkinen, müller, nagy, nakamura, nelson, neumann, newton,
    nguyen, nichols, nielsen, nieminen, nilsson, nkosi, norris, novák, nowak, o'brien, o'connor,
    o'neill, okafor, okonkwo, oliveira, olsen, olson, olsson, ortiz, owens, page, palmer,
    papadopoulos, park, parker, parks, patel, patterson, payne, pearson, pedersen, peeters,
    pena, pereira, perez, perkins, perry, persson, peterson, petit, petrov, peña, pham,
    phillips, pierce, popescu, popov, potter, powell, pratt, price, pérez, ramirez, ramos,
    ramírez, ray, reddy, reed, reeves, reyes, reynolds, rhodes, ribeiro, ricci, rice, richard,
    richardson, richter, riley, rios, rivera, robert, roberts, robertson, robinson, rodrigues,
    rodriguez, rodríguez, rogers, romano, romero, ross, rossi, roux, ruiz, russo, ryan, salazar,
    sanchez, sanders, santiago, santos, sato, schmidt, schmitt, schneider, schröder, schulz,
    schwarz, schäfer, shah, sharma, shaw, silva, simmons, simon, simpson, sims, singh, smirnov,
    smit, smith, snyder, soto, souza, spencer, steele, stephens, stewart, stone, sullivan, sun,
    sutton, suzuki, svensson, svoboda, swanson, szabó, szymański, sánchez, takahashi, tanaka,
    taylor, terry, thompson, thornton, torres, tran, tucker, turner, tóth, valdez, vargas,
    vasquez, vaughn, vazquez, vega, virtanen, visser, vogel, wagner, walker, wallace, walsh,
    walters, wang, ward, warren, watanabe, watkins, watson, weaver, webb, weber, welch, wells,
    west, white, williams, willis, wilson, wiśniewski, wolf, wood, woods, woźniak, wright, wu,
    wójcik, xu, yamamoto, yang, yilmaz, young, zhang, zhao, zhou, zieliński, zimmermann, çelik,
    öztürk, şahin
    """
)
"""Common ones of many countries."""
