"""Which tax ids are taken, and what becomes of checking them."""

import pytest

from app.domain.tax_ids import TYPES, country_of, is_plausible, outcome_of


@pytest.mark.parametrize(("type", "value", "country"), [
    ("au_abn", "12345678912", "AU"), ("br_cnpj", "01.234.456/5432-10", "BR"), ("br_cpf", "123.456.789-87", "BR"),
    ("ca_gst_hst", "123456789RT0002", "CA"), ("ca_pst_bc", "PST-1234-5678", "CA"), ("ch_vat", "CHE-123.456.789 MWST", "CH"),
    ("cl_tin", "12.345.678-K", "CL"), ("es_cif", "A12345678", "ES"), ("eu_oss_vat", "EU123456789", None),
    ("eu_vat", "DE123456789", "DE"), ("eu_vat", "EL123456789", "GR"), ("eu_vat", "ATU12345678", "AT"),
    ("eu_vat", "FR000000000", "FR"), ("eu_vat", "NL123456789B12", "NL"), ("eu_vat", "XI123456789", "GB"),
    ("gb_vat", "GB123456789", "GB"), ("in_gst", "12ABCDE3456FGZH", "IN"), ("jp_cn", "1234567891234", "JP"),
    ("mx_rfc", "ABC010203AB9", "MX"), ("no_vat", "123456789MVA", "NO"), ("sg_uen", "123456789F", "SG"),
    ("us_ein", "12-3456789", "US"), ("za_vat", "4123456789", "ZA"),
])
def test_well_formed_ids(type: str, value: str, country: str | None) -> None:
    assert is_plausible(type, value)
    assert country_of(type, value) == country


@pytest.mark.parametrize(("type", "value"), [
    ("eu_vat", "DE12345678"), ("eu_vat", "US123456789"), ("eu_vat", "123456789"), ("eu_vat", "DE"), ("gb_vat", "123456789"),
    ("us_ein", "1234"), ("us_ein", "١٢٣٤٥٦٧٨٩"), ("za_vat", "5123456789"), ("ch_vat", "CHE123456789"), ("sg_uen", "none"),
    ("no_vat", "123456789"),
])
def test_what_no_tax_id_looks_like(type: str, value: str) -> None:
    assert not is_plausible(type, value)


@pytest.mark.parametrize("type", TYPES)
def test_no_type_takes_just_anything(type: str) -> None:
    assert not is_plausible(type, "!")


@pytest.mark.parametrize(("value", "outcome"), [
    ("DE000000000", "verified"), ("DE111111111", "unverified"), ("GB222222222", "pending"), ("DE123456789", "unavailable"),
])
def test_how_a_check_ends(value: str, outcome: str) -> None:
    assert outcome_of(value) == outcome
