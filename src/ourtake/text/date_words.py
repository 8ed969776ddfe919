"""The words that dates are written with, folded to lower case without accents: months, days of the week, zones.

English, German, French, Spanish, Italian, Portuguese and Dutch, whole and as they are usually cut short; of Danish,
Norwegian, Swedish, Polish, Czech, Hungarian, Turkish, Russian and Ukrainian the months as dates have them. Polish
"listopada" is left out: in Croatian it is another month.
"""

from __future__ import annotations

_MONTHS = """
january jan januar janner jaenner janvier janv enero ene gennaio gen janeiro januari stycznia ledna ocak января січня
february feb febr februar feber fevrier fevr fev febrero febbraio fevereiro februari lutego unora subat февраля лютого
march mar mars marz maerz mrz marzo marco maart mrt marts marca brezna marcius mart марта березня
april apr avril avr abril abr aprile kwietnia dubna aprilis nisan апреля квітня
may mai mayo maggio mag maio mei maj maja kvetna majus mayıs мая травня
june jun juni juin junio giugno giu junho czerwca cervna junius haziran июня червня
july jul juli juillet juil julio luglio lug julho lipca cervence julius temmuz июля липня
august aug aout aou agosto ago augustus sierpnia srpna augusti augusztus agustos августа серпня
september sept sep septembre septiembre setiembre settembre set setembro wrzesnia zari szeptember eylul сентября вересня
october oct oktober okt octobre octubre ottobre ott outubro out pazdziernika rijna ekim октября жовтня
november nov novembre noviembre novembro listopadu kasım ноября листопада
december dec dezember dez decembre diciembre dic dicembre dezembro grudnia prosince desember aralık декабря грудня
"""
MONTHS = {name: number for number, names in enumerate(_MONTHS.split("\n")[1:13], 1) for name in names.split()}
"""Name -> 1 to 12."""

WEEKDAYS = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri sat sun
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
    lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim
    lunes martes miercoles jueves viernes sabado domingo mie jue vie sab dom
    lunedi martedi mercoledi giovedi venerdi sabato domenica gio
    segunda terca quarta quinta sexta segunda-feira terca-feira quarta-feira quinta-feira sexta-feira
    seg ter qua qui sex
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo
    """.split()
)

LINKING = frozenset(
    """
    at on the of um den der de do del el le il lo la las los a as alle ore um uhr om op uur vom am o les dia
    ore kl klo r г
    """.split()
)
"""Words between the parts of a date that say nothing: "1 de junio", "am 1. Juni", "June 1 at 10:00"."""

ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0,
    "bst": 60, "west": 60, "cet": 60, "mez": 60, "wat": 60,
    "cest": 120, "mesz": 120, "eet": 120, "cat": 120, "sast": 120,
    "eest": 180, "msk": 180, "eat": 180, "trt": 180,
    "gst": 240, "pkt": 300, "ist": 330, "ict": 420, "wib": 420,
    "awst": 480, "hkt": 480, "sgt": 480, "jst": 540, "kst": 540,
    "acst": 570, "aest": 600, "acdt": 630, "aedt": 660, "nzst": 720, "nzdt": 780,
    "ndt": -150, "nst": -210, "brt": -180, "art": -180, "adt": -180, "ast": -240, "edt": -240, "est": -300, "cdt": -300,
    "cst": -360, "mdt": -360, "mst": -420, "pdt": -420, "pst": -480, "akdt": -480, "akst": -540, "hst": -600,
}  # fmt: skip
"""Abbreviation -> minutes east of Greenwich. Of several meanings the usual one: CST is North America's, IST India's."""
