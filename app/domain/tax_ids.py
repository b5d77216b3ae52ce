"""The kinds of tax ids: which countries give them, what they look like, and what becomes of checking them."""

from __future__ import annotations

import re

TYPES = (
    "ae_trn", "au_abn", "au_arn", "bg_uic", "br_cnpj", "br_cpf", "ca_bn", "ca_gst_hst", "ca_pst_bc", "ca_pst_mb",
    "ca_pst_sk", "ca_qst", "ch_vat", "cl_tin", "es_cif", "eu_oss_vat", "eu_vat", "gb_vat", "ge_vat", "hk_br", "hu_tin",
    "id_npwp", "il_vat", "in_gst", "is_vat", "jp_cn", "jp_rn", "kr_brn", "li_uid", "mx_rfc", "my_frp", "my_itn", "my_sst",
    "no_vat", "nz_gst", "ru_inn", "ru_kpp", "sa_vat", "sg_gst", "sg_uen", "si_tin", "th_vat", "tw_vat", "ua_vat", "us_ein",
    "za_vat",
)

_CHECKED = frozenset({"au_abn", "eu_vat", "gb_vat"})
"""What Stripe looks up in the registers of the authorities."""

_OUTCOMES = {"000000000": "verified", "111111111": "unverified", "222222222": "pending"}
"""The magic digits of test mode, and how their check ends."""

_EU = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}",
    "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z\d]\d{7}[A-Z\d]", "FI": r"\d{8}", "FR": r"[A-Z\d]{2}\d{9}",
    "HR": r"\d{11}", "HU": r"\d{8}", "IE": r"\d[A-Z\d+*]\d{5}[A-Z]{1,2}", "IT": r"\d{11}", "LT": r"(\d{9}|\d{12})",
    "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}", "NL": r"\d{9}B\d{2}", "PL": r"\d{10}", "PT": r"\d{9}",
    "RO": r"\d{2,10}", "SE": r"\d{12}", "SI": r"\d{8}", "SK": r"\d{10}", "XI": r"(\d{9}|\d{12}|GD\d{3}|HA\d{3})",
}
"""What follows the country in a VAT number of the European Union."""

# Our choice: which kinds are held against a form. A kind that is missing here takes any value with a digit in it.
_FORMS = {
    "ae_trn": r"\d{15}", "au_abn": r"\d{11}", "au_arn": r"\d{12}", "bg_uic": r"\d{9}", "br_cnpj": r"\d{14}",
    "br_cpf": r"\d{11}", "ca_bn": r"\d{9}", "ca_gst_hst": r"\d{9}RT\d{4}", "ca_qst": r"\d{10}TQ\d{4}",
    "ch_vat": r"CHE\d{9}(MWST|TVA|IVA)", "cl_tin": r"\d{7,8}[\dK]", "es_cif": r"[A-Z]\d{7}[A-Z\d]", "eu_oss_vat": r"EU\d{9}",
    "gb_vat": r"GB(\d{9}|\d{12}|GD\d{3}|HA\d{3})", "ge_vat": r"\d{9}", "hk_br": r"\d{8}", "hu_tin": r"\d{11}",
    "id_npwp": r"\d{15,16}", "il_vat": r"\d{9}", "in_gst": r"\d{2}[A-Z]{5}\d{4}[A-Z][A-Z\d]Z[A-Z\d]", "jp_cn": r"\d{13}",
    "jp_rn": r"\d{5}", "kr_brn": r"\d{10}", "li_uid": r"CHE\d{9}", "mx_rfc": r"[A-ZÑ&]{3,4}\d{6}[A-Z\d]{3}",
    "no_vat": r"\d{9}MVA", "nz_gst": r"\d{8,9}", "ru_inn": r"(\d{10}|\d{12})", "ru_kpp": r"\d{9}", "sa_vat": r"\d{15}",
    "si_tin": r"\d{8}", "th_vat": r"\d{13}", "tw_vat": r"\d{8}", "us_ein": r"\d{9}", "za_vat": r"4\d{9}",
}
_PUNCTUATION = str.maketrans("", "", " .-/")


def is_plausible(type: str, value: str) -> bool:
    """Whether a tax id of the type may look like this; spaces, dots, hyphens and slashes do not count."""
    bare = value.upper().translate(_PUNCTUATION)
    if type == "eu_vat":
        form = _EU.get(bare[:2])
        return form is not None and (bare[2:] in _OUTCOMES or re.fullmatch(form, bare[2:], re.ASCII) is not None)
    form = _FORMS.get(type)
    if form is None:
        return any(character.isdecimal() for character in bare)
    return re.fullmatch(form, bare, re.ASCII) is not None


def country_of(type: str, value: str) -> str | None:
    """The country that gave the tax id, as ISO code; None for the one-stop shop of the European Union."""
    if type == "eu_oss_vat":
        return None
    country = value[:2].upper() if type == "eu_vat" else type[:2].upper()
    return "GR" if country == "EL" else "GB" if country == "XI" else country


def is_checked(type: str) -> bool:
    """Whether a tax id of the type is looked up after it was given: its verification is pending until then."""
    return type in _CHECKED


def outcome_of(value: str) -> str:
    """How the look-up ends: `verified`, `unverified` or `pending` for the magic numbers of test mode.

    Our choice: `unavailable` for all others, because no register can be asked from here.
    """
    digits = "".join(character for character in value if character.isdecimal())
    return _OUTCOMES.get(digits, "unavailable")
