"""Country codes for CloudFront's geographic restrictions.

Source: "GeoRestriction" in the Amazon CloudFront API reference: two letters, of ISO 3166-1. A test compares the list
with that of the resource type's schema.
"""

from resilient_website.frozen import frozen
from resilient_website.problems import allowing, shown
from resilient_website.reading.property_types import PropertyType
from resilient_website.reading.reader import Reader

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO
JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR
MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO
RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV
TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())

# Common wrong codes: reserved codes, three-letter codes, and top-level domains.
MEANT = {
    "UK": "GB",
    "EN": "GB",
    "EL": "GR",
    "SU": "RU",
    "GBR": "GB",
    "USA": "US",
    "DEU": "DE",
    "FRA": "FR",
    "AUT": "AT",
    "CHE": "CH",
    "ESP": "ES",
    "ITA": "IT",
    "NLD": "NL",
    "CAN": "CA",
    "AUS": "AU",
    "JPN": "JP",
    "CHN": "CN",
    "IND": "IN",
    "BRA": "BR",
}


@frozen
class Country(PropertyType):
    """A country code."""

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return "a two-letter country code (ISO 3166-1), as in DE"

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the code; for another spelling of a country, propose its code."""
        if isinstance(value, str) and value in COUNTRIES:
            return value
        if value is False:
            found, fix = "found false, which is how YAML reads NO", "write 'NO', in quotes"
        else:
            found = f"found {shown(value)}"
            meant = _meant(str(value).strip().upper())
            fix = allowing(self.describe(), f"did you mean {meant}? ") if meant else allowing(self.describe())
            if str(value).strip().upper() == "EU":
                fix += "; write the countries of the European Union one by one"
        reader.problem(path, found, fix)
        return None


def _meant(code: str) -> str | None:
    """Return the code for another spelling of a country, if known."""
    return code if code in COUNTRIES else MEANT.get(code)
