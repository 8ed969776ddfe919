# ruff: noqa: E501 (prose)
"""Honest takes in six languages, each with its source and three articles: every number, date, quotation and link is
right, so that a check finds no error.
"""

from __future__ import annotations

from typing import Any


def case(
    language: str,
    outlet: str,
    source: tuple[str, str],
    articles: list[tuple[str, str]],
    take: tuple[str, str, str],
    tags: list[str],
) -> dict[str, Any]:
    title, blurb = source
    headline, summary, body = take
    return {
        "id": language,
        "source": {
            "title": title,
            "outlet": outlet,
            "url": f"https://other.example/{language}",
            "blurb": blurb,
            "published": "2025-05-20",
            "language": language,
        },
        "related": [
            {"id": f"{language}{n}", "url": f"https://ours.example/{language}/{n}", "title": title, "text": text,
             "published": f"2024-0{n}-10", "handle": f"a{n}"}
            for n, (title, text) in enumerate(articles, 1)
        ],
        "take": {"headline": headline, "summary": summary, "body": body, "tags": tags},
    }  # fmt: skip


GERMAN = case(
    "de",
    "Hafenbote",
    (
        "Zweiter Liegeplatz kostet 12,5 Millionen Euro",
        "Der Hafenausschuss in Warnow hat am 12. Mai 2025 einen zweiten Liegeplatz für die Fähre beschlossen. Er kostet "
        "12,5 Millionen Euro, 2.300 Pendler nutzen die Fähre täglich. „Wir bauen für die nächsten fünfzig Jahre“, sagte "
        "die Vorsitzende Anke Brandt. Der Anteil der Stadt steigt von 30 auf 45 Prozent.",
    ),
    [
        (
            "Die Fähre fährt seltener",
            "Im Jahr 2023 strich die Reederei jede dritte Abfahrt. Rund 400 Pendler stiegen auf "
            "das Auto um, wie die Stadtverwaltung zählte. Der Rat verlangte damals einen Plan für den alten Fischkai.",
        ),
        (
            "Wem gehört der alte Fischkai",
            "Der Fischkai gehört seit 1998 der Stadt. Ein Gutachten schätzte die Sanierung auf "
            "8 Millionen Euro. Die Halle steht leer, und das Dach ist undicht.",
        ),
        (
            "Was Pendler in Warnow zahlen",
            "Eine Monatskarte kostet 89 Euro. Das sind 14 Euro mehr als vor zwei Jahren, "
            "und die Stadt zahlt einen Zuschuss von 1,2 Millionen Euro im Jahr.",
        ),
    ],
    (
        "Ein Liegeplatz ist noch kein Fahrplan",
        "Der Hafenausschuss baut für 12,5 Millionen Euro einen zweiten Liegeplatz, doch niemand hat zugesagt, dass danach "
        "mehr Schiffe fahren. Solange die Reederei über die Abfahrten allein entscheidet, kauft die Stadt Beton und keine "
        "Verbindung. Wir meinen: Erst der Fahrplan, dann der Kai, denn der Anteil der Stadt steigt auf 45 Prozent.",
        "Der Hafenbote berichtet, dass der Hafenausschuss am 12. Mai 2025 einen zweiten Liegeplatz beschlossen hat. Er "
        "kostet 12,5 Millionen Euro. „Wir bauen für die nächsten fünfzig Jahre“, sagte die Vorsitzende Anke Brandt. Das "
        "klingt nach Weitsicht, aber ein Kai fährt nicht. Als wir vor zwei Jahren schrieben, [die Fähre fährt "
        "seltener](https://ours.example/de/1), war der Platz im Hafen nicht das Problem.\n\n"
        "Damals strich die Reederei jede dritte Abfahrt, und rund 400 Pendler stiegen auf das Auto um. Wer so etwas "
        "verhindern will, braucht einen Vertrag über Abfahrten. Der Anteil der Stadt steigt von 30 auf 45 Prozent. Für "
        "dieses Geld darf sie verlangen, dass die Schiffe auch kommen.\n\n"
        "Hinzu kommt die Frage, [wem gehört der alte Fischkai](https://ours.example/de/2) und was aus ihm wird. Das "
        "Gutachten nannte 8 Millionen Euro für die Sanierung. Die Halle steht leer. Niemand hat bisher erklärt, ob der "
        "neue Liegeplatz diese Rechnung ersetzt oder ob beide bezahlt werden.\n\n"
        "Am Ende zahlen die 2.300 Menschen, die täglich fahren. In unserem Bericht darüber, [was Pendler in Warnow "
        "zahlen](https://ours.example/de/3), kostete die Monatskarte 89 Euro. Wird sie teurer, bevor ein einziges Schiff "
        "mehr fährt?",
    ),
    ["Fähre", "Hafen", "Pendler"],
)
FRENCH = case(
    "fr",
    "Le Courrier du port",
    (
        "Un deuxième quai à 12,5 millions d'euros",
        "La commission portuaire de Larmor a voté le 12 mai 2025 un deuxième quai pour le bac. Il coûtera 12,5 millions "
        "d'euros ; 2 300 voyageurs prennent le bac chaque jour. « Nous bâtissons pour cinquante ans », a déclaré la "
        "présidente Anne Le Goff. La part de la ville passe de 30 à 45 %.",
    ),
    [
        (
            "Le bac passe moins souvent",
            "En 2023, la compagnie a supprimé un départ sur trois. Environ 400 voyageurs ont "
            "repris la voiture, selon la mairie. Le conseil réclamait un plan pour l'ancien quai de pêche.",
        ),
        (
            "À qui appartient le quai de pêche",
            "Le quai appartient à la ville depuis 1998. Une étude chiffrait sa "
            "rénovation à 8 millions d'euros. La halle est vide et le toit fuit.",
        ),
        (
            "Ce que paient les voyageurs de Larmor",
            "L'abonnement mensuel coûte 89 euros, soit 14 euros de plus qu'il y a "
            "deux ans. La ville verse une aide de 1,2 million d'euros par an.",
        ),
    ],
    (
        "Un quai ne fait pas un horaire",
        "La commission portuaire va construire un deuxième quai pour 12,5 millions d'euros, mais personne n'a promis que "
        "les bateaux passeront plus souvent. Tant que la compagnie décide seule des départs, la ville achète du béton et "
        "non une liaison. L'horaire d'abord, le quai ensuite : la part de la ville atteint 45 %.",
        "Le Courrier du port rapporte que la commission veut depuis le 12 mai 2025 un deuxième quai, et que la facture atteint "
        "12,5 millions d'euros. « Nous bâtissons pour cinquante ans », a déclaré la présidente Anne Le Goff. L'intention "
        "est belle, mais un quai ne navigue pas. Quand nous écrivions que [le bac passe moins "
        "souvent](https://ours.example/fr/1), la place dans le port n'était pas en cause.\n\n"
        "La compagnie avait alors supprimé un départ sur trois, et environ 400 voyageurs avaient repris la voiture. Pour "
        "éviter cela, il faut un contrat sur les départs. La part de la ville passe de 30 à 45 %. À ce prix, elle peut "
        "exiger que les bateaux viennent.\n\n"
        "Reste à savoir [à qui appartient le quai de pêche](https://ours.example/fr/2) et ce qu'il deviendra. L'étude "
        "parlait de 8 millions d'euros. La halle est vide. Personne n'a expliqué si le nouveau quai remplace cette "
        "facture ou s'y ajoute.\n\n"
        "Au bout du compte, les 2 300 personnes qui voyagent chaque jour paieront. Dans notre article sur [ce que paient "
        "les voyageurs de Larmor](https://ours.example/fr/3), l'abonnement mensuel coûtait 89 euros. Va-t-il augmenter "
        "avant qu'un seul bateau de plus ne passe ?",
    ),
    ["bac", "port", "transports"],
)
SPANISH = case(
    "es",
    "El Correo del puerto",
    (
        "Un segundo muelle por 12,5 millones de euros",
        "La junta del puerto de Ribeira aprobó el 12 de mayo de 2025 un segundo muelle para el transbordador. Costará 12,5 "
        "millones de euros y 2.300 viajeros lo usan cada día. «Construimos para los próximos cincuenta años», dijo la "
        "presidenta Ana Castro. La parte del ayuntamiento sube del 30 al 45 %.",
    ),
    [
        (
            "El transbordador pasa menos",
            "En 2023 la naviera suprimió una de cada tres salidas. Unos 400 viajeros volvieron "
            "al coche, según el ayuntamiento. El pleno pidió un plan para el viejo muelle pesquero.",
        ),
        (
            "De quién es el muelle pesquero",
            "El muelle es del ayuntamiento desde 1998. Un estudio calculó la reforma en 8 "
            "millones de euros. La nave está vacía y el tejado tiene goteras.",
        ),
        (
            "Lo que pagan los viajeros de Ribeira",
            "El abono mensual cuesta 89 euros, 14 euros más que hace dos años. El "
            "ayuntamiento aporta una ayuda de 1,2 millones de euros al año.",
        ),
    ],
    (
        "Un muelle no es un horario",
        "La junta del puerto construirá un segundo muelle por 12,5 millones de euros, pero nadie ha prometido que los barcos "
        "pasen más a menudo. Mientras la naviera decida sola las salidas, la ciudad compra hormigón y no una conexión. "
        "Primero el horario y después el muelle: la parte del ayuntamiento llega al 45 %.",
        "El Correo del puerto cuenta que la junta quiere desde el 12 de mayo de 2025 un segundo muelle, con una factura de "
        "12,5 millones de euros. «Construimos para los próximos cincuenta años», dijo la presidenta Ana Castro. "
        "Suena bien, pero un muelle no navega. Cuando escribimos que [el transbordador pasa "
        "menos](https://ours.example/es/1), el problema no era el sitio en el puerto.\n\n"
        "La naviera había suprimido una de cada tres salidas, y unos 400 viajeros volvieron al coche. Para evitarlo hace "
        "falta un contrato sobre las salidas. La parte del ayuntamiento sube del 30 al 45 %. Por ese dinero puede exigir "
        "que los barcos lleguen.\n\n"
        "Queda por saber [de quién es el muelle pesquero](https://ours.example/es/2) y qué será de él. El estudio hablaba de "
        "8 millones de euros. La nave está vacía. Nadie ha explicado si el nuevo muelle sustituye esa factura o se suma a "
        "ella.\n\n"
        "Al final pagarán las 2.300 personas que viajan cada día. En nuestro reportaje sobre [lo que pagan los viajeros de "
        "Ribeira](https://ours.example/es/3), el abono mensual costaba 89 euros. ¿Subirá antes de que pase un solo barco "
        "más?",
    ),
    ["transbordador", "puerto", "viajeros"],
)
ITALIAN = case(
    "it",
    "Il Corriere del porto",
    (
        "Un secondo molo da 12,5 milioni di euro",
        "La commissione portuale di Marina ha approvato il 12 maggio 2025 un secondo molo per il traghetto. Costerà 12,5 "
        "milioni di euro e 2.300 pendolari lo usano ogni giorno. «Costruiamo per i prossimi cinquant'anni», ha detto la "
        "presidente Anna Rossi. La quota del Comune sale dal 30 al 45 per cento.",
    ),
    [
        (
            "Il traghetto passa meno spesso",
            "Nel 2023 la compagnia ha soppresso una partenza su tre. Circa 400 pendolari sono "
            "tornati all'auto, secondo il Comune. Il consiglio chiedeva un piano per il vecchio molo dei pescatori.",
        ),
        (
            "Di chi è il molo dei pescatori",
            "Il molo è del Comune dal 1998. Uno studio stimava il restauro in 8 milioni di "
            "euro. Il capannone è vuoto e il tetto perde acqua.",
        ),
        (
            "Quanto pagano i pendolari di Marina",
            "L'abbonamento mensile costa 89 euro, 14 euro in più di due anni fa. Il "
            "Comune versa un contributo di 1,2 milioni di euro l'anno.",
        ),
    ],
    (
        "Un molo non è un orario",
        "La commissione portuale costruirà un secondo molo per 12,5 milioni di euro, ma nessuno ha promesso che le navi "
        "passeranno più spesso. Finché la compagnia decide da sola le partenze, la città compra cemento e non un "
        "collegamento. Prima l'orario, poi il molo: la quota del Comune arriva al 45 per cento.",
        "Il Corriere del porto racconta che la commissione vuole dal 12 maggio 2025 un secondo molo, con un conto di "
        "12,5 milioni di euro. «Costruiamo per i prossimi cinquant'anni», ha detto la presidente Anna Rossi. "
        "Suona bene, ma un molo non naviga. Quando abbiamo scritto che [il traghetto passa meno "
        "spesso](https://ours.example/it/1), il problema non era lo spazio nel porto.\n\n"
        "La compagnia aveva soppresso una partenza su tre, e circa 400 pendolari erano tornati all'auto. Per evitarlo serve "
        "un contratto sulle partenze. La quota del Comune sale dal 30 al 45 per cento. Per quei soldi può pretendere che "
        "le navi arrivino.\n\n"
        "Resta da capire [di chi è il molo dei pescatori](https://ours.example/it/2) e che cosa ne sarà. Lo studio parlava "
        "di 8 milioni di euro. Il capannone è vuoto. Nessuno ha spiegato se il nuovo molo sostituisce quel conto o se si "
        "aggiunge.\n\n"
        "Alla fine pagheranno le 2.300 persone che viaggiano ogni giorno. Nel nostro articolo su [quanto pagano i pendolari "
        "di Marina](https://ours.example/it/3), l'abbonamento mensile costava 89 euro. Aumenterà prima che passi una sola "
        "nave in più?",
    ),
    ["traghetto", "porto", "pendolari"],
)
PORTUGUESE = case(
    "pt",
    "O Correio do porto",
    (
        "Um segundo cais por 12,5 milhões de euros",
        "A junta do porto de Vila aprovou em 12 de maio de 2025 um segundo cais para a barca. Vai custar 12,5 milhões de "
        "euros e 2.300 passageiros usam-na todos os dias. «Construímos para os próximos cinquenta anos», disse a "
        "presidente Ana Sousa. A parte da câmara sobe de 30 para 45 por cento.",
    ),
    [
        (
            "A barca passa menos vezes",
            "Em 2023 a empresa suprimiu uma em cada três partidas. Cerca de 400 passageiros "
            "voltaram ao carro, segundo a câmara. A assembleia pediu um plano para o velho cais dos pescadores.",
        ),
        (
            "De quem é o cais dos pescadores",
            "O cais é da câmara desde 1998. Um estudo calculou a obra em 8 milhões de euros. "
            "O armazém está vazio e o telhado deixa entrar água.",
        ),
        (
            "Quanto pagam os passageiros de Vila",
            "O passe mensal custa 89 euros, mais 14 euros do que há dois anos. A câmara "
            "paga um apoio de 1,2 milhões de euros por ano.",
        ),
    ],
    (
        "Um cais não é um horário",
        "A junta do porto vai construir um segundo cais por 12,5 milhões de euros, mas ninguém prometeu que os barcos passem "
        "mais vezes. Enquanto a empresa decidir sozinha as partidas, a cidade compra betão e não uma ligação. Primeiro o "
        "horário e depois o cais: a parte da câmara chega a 45 por cento.",
        "O Correio do porto conta que a junta quer desde 12 de maio de 2025 um segundo cais, com uma conta de 12,5 "
        "milhões de euros. «Construímos para os próximos cinquenta anos», disse a presidente Ana Sousa. Soa bem, mas um "
        "cais não navega. Quando escrevemos que [a barca passa menos vezes](https://ours.example/pt/1), o problema não era "
        "o espaço no porto.\n\n"
        "A empresa tinha suprimido uma em cada três partidas, e cerca de 400 passageiros voltaram ao carro. Para o evitar é "
        "preciso um contrato sobre as partidas. A parte da câmara sobe de 30 para 45 por cento. Por esse dinheiro pode "
        "exigir que os barcos cheguem.\n\n"
        "Falta saber [de quem é o cais dos pescadores](https://ours.example/pt/2) e o que será dele. O estudo falava de 8 "
        "milhões de euros. O armazém está vazio. Ninguém explicou se o novo cais substitui essa conta ou se lhe "
        "acrescenta.\n\n"
        "No fim pagam as 2.300 pessoas que viajam todos os dias. Na nossa reportagem sobre [quanto pagam os passageiros de "
        "Vila](https://ours.example/pt/3), o passe mensal custava 89 euros. Vai subir antes de passar um único barco a "
        "mais?",
    ),
    ["barca", "porto", "passageiros"],
)
DUTCH = case(
    "nl",
    "De Havenkoerier",
    (
        "Tweede aanlegplaats kost 12,5 miljoen euro",
        "Het havenbestuur van Waardam heeft op 12 mei 2025 een tweede aanlegplaats voor de veerboot goedgekeurd. Die kost "
        "12,5 miljoen euro; 2.300 reizigers nemen de boot elke dag. \u201cWe bouwen voor de komende vijftig jaar\u201d, zei "
        "voorzitter Anke de Boer. Het aandeel van de gemeente stijgt van 30 naar 45 procent.",
    ),
    [
        (
            "De veerboot vaart minder vaak",
            "In 2023 schrapte de rederij een op de drie afvaarten. Ongeveer 400 reizigers namen "
            "weer de auto, volgens de gemeente. De raad vroeg om een plan voor de oude viskade.",
        ),
        (
            "Van wie is de oude viskade",
            "De kade is sinds 1998 van de gemeente. Een onderzoek raamde het herstel op 8 miljoen "
            "euro. De hal staat leeg en het dak lekt.",
        ),
        (
            "Wat reizigers in Waardam betalen",
            "Een maandkaart kost 89 euro, 14 euro meer dan twee jaar geleden. De gemeente "
            "betaalt een bijdrage van 1,2 miljoen euro per jaar.",
        ),
    ],
    (
        "Een kade is nog geen dienstregeling",
        "Het havenbestuur bouwt voor 12,5 miljoen euro een tweede aanlegplaats, maar niemand heeft beloofd dat de boten vaker "
        "varen. Zolang de rederij alleen over de afvaarten beslist, koopt de stad beton en geen verbinding. Eerst de "
        "dienstregeling, dan de kade: het aandeel van de gemeente stijgt naar 45 procent.",
        "De Havenkoerier schrijft dat het havenbestuur op 12 mei 2025 een tweede aanlegplaats heeft goedgekeurd. Die kost "
        "12,5 miljoen euro. \u201cWe bouwen voor de komende vijftig jaar\u201d, zei voorzitter Anke de Boer. Dat klinkt goed, maar een "
        "kade vaart niet. Toen wij schreven dat [de veerboot vaart minder vaak](https://ours.example/nl/1), was de ruimte "
        "in de haven niet het probleem.\n\n"
        "De rederij schrapte toen een op de drie afvaarten, en ongeveer 400 reizigers namen weer de auto. Wie dat wil "
        "voorkomen, heeft een contract over afvaarten nodig. Het aandeel van de gemeente stijgt van 30 naar 45 procent. "
        "Voor dat geld mag zij eisen dat de boten komen.\n\n"
        "Dan is er de vraag [van wie is de oude viskade](https://ours.example/nl/2) en wat ermee gebeurt. Het onderzoek noemde "
        "8 miljoen euro. De hal staat leeg. Niemand heeft uitgelegd of de nieuwe aanlegplaats die rekening vervangt of dat "
        "beide worden betaald.\n\n"
        "Uiteindelijk betalen de 2.300 mensen die elke dag reizen. In ons artikel over [wat reizigers in Waardam "
        "betalen](https://ours.example/nl/3) kostte de maandkaart 89 euro. Wordt zij duurder voordat er ook maar een boot "
        "meer vaart?",
    ),
    ["veerboot", "haven", "reizigers"],
)
TAKES = (GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH)
