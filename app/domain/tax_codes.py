"""Stripe's tax codes: what kind of thing a product is for whoever taxes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

# The ids and names are Stripe's, the descriptions our own. Many more codes exist; these are the widely used ones.
_CODES = """
txcd_99999999 | General - Tangible Goods | Things that can be touched, at the standard rate wherever goods are taxed.
txcd_20030000 | General - Services | Services of all kinds, taxed where services are taxed in general.
txcd_10000000 | General - Electronically Supplied Services | Goods and services of all kinds that come over a network.
txcd_00000000 | Nontaxable | What is to be taxed nowhere, whatever the local rules say.
txcd_10010001 | Infrastructure as a service (IaaS) - personal use | Rented servers, storage and memory, for private buyers.
txcd_10101000 | Infrastructure as a service (IaaS) - business use | Rented servers, storage and memory, for companies.
txcd_10102000 | Platform as a service (PaaS) - business use | A hosted platform on which companies run their applications.
txcd_10102001 | Platform as a Service (PaaS) - personal use | A hosted platform on which private buyers run applications.
txcd_10103000 | Software as a service (SaaS) - personal use | Standard software used online by private buyers.
txcd_10103001 | Software as a service (SaaS) - business use | Standard software used online by companies.
txcd_10103100 | Software as a service (SaaS) -- electronic download - personal use | The same with a download, private buyers.
txcd_10103101 | Software as a service (SaaS) -- electronic download - business use | The same with a download, for companies.
txcd_10104001 | Cloud-based business process as a service | Business processes that are taken over and run online.
txcd_10201000 | Downloadable games | Games to download, for entertainment.
txcd_10202000 | Downloadable software - personal use | Standard software to download, for private buyers.
txcd_10202001 | Downloadable software - non-recreational | Standard software to download that is no pastime, private buyers.
txcd_10202003 | Downloadable software - business use | Standard software to download, for companies.
txcd_10203000 | Downloadable software - custom - personal use | Software made to order, to download, for private buyers.
txcd_10203001 | Downloadable software - custom - business use | Software made to order, to download, for companies.
txcd_10301000 | Audiobook | A recording of a book that is read out, to keep.
txcd_10302000 | e-book | A book in electronic form, to keep.
txcd_10303000 | Digital magazine -- subscription | A magazine in electronic form, each issue while the subscription lasts.
txcd_10303100 | Digital magazine | One issue of a magazine in electronic form, to keep.
txcd_10304000 | Digital newspaper | One issue of a newspaper in electronic form, to keep.
txcd_10304100 | Digital newspaper -- subscription | A newspaper in electronic form while the subscription lasts.
txcd_10401000 | Digital audio streaming -- limited use | Sound that can be streamed for a limited time.
txcd_10401100 | Digital audio -- unlimited use | Sound to download and keep, such as a song.
txcd_10401200 | Digital audio streaming -- subscription | Sound that can be streamed while a subscription lasts.
txcd_10402000 | Digital video streaming -- limited use | Films that can be streamed for a limited time.
txcd_10402100 | Digital video - unlimited use | Films to download and keep.
txcd_10402200 | Digital video streaming -- subscription | Films that can be streamed while a subscription lasts.
txcd_10402300 | Digital video streaming -- live performance (limited use) | A performance streamed while it takes place.
txcd_10501000 | Digital image | A picture in electronic form, to keep.
txcd_10502000 | Gift card | A voucher, delivered electronically, that pays for different things.
txcd_10503000 | Other -- article delivered electronically | What comes electronically, to keep, and has no code of its own.
txcd_10701000 | Website advertising | Making and placing advertisements online.
txcd_10701100 | Website hosting | Keeping a customer's website reachable.
txcd_10701200 | Website design | Designing a website or a page of it.
txcd_10701300 | Website data processing | Creating, changing or reading customers' data in an online service.
txcd_10701400 | Website information services | Information that is supplied, searched or compared online.
txcd_20010003 | Cleaning services | Cleaning things.
txcd_20010004 | Commercial cleaning services | Cleaning the rooms of businesses.
txcd_20010006 | Residential cleaning services | Cleaning homes.
txcd_20020009 | Installation of hardware -- nonpermanent | Labor of fitting hardware that can be taken out again.
txcd_20020010 | Installation of hardware -- permanent | Labor of fitting hardware that becomes part of a building.
txcd_20020018 | Installation services | Labor of installing goods, charged apart from them.
txcd_20030002 | Pet boarding | Keeping animals overnight, without medical care.
txcd_20030003 | Pet grooming | Washing, cutting and caring for the coats of animals.
txcd_20040002 | Personal care services | Hairdressers, nail studios and the like.
txcd_20060000 | Professional services | The work of lawyers, engineers, physicians and other professions.
txcd_20060009 | Tangible services -- data processing | Processing of data that does not take place online.
txcd_20060022 | Interior decorating | Planning and arranging rooms and what stands in them.
txcd_20060035 | Secretarial services | Typing, editing, proofreading and the like.
txcd_20060042 | Temporary help services | Lending out staff for a time.
txcd_20060044 | Training services | Teaching a buyer in sessions.
txcd_20060045 | Training Services - Live Virtual | Teaching live over the web.
txcd_20060052 | Educational Services | Classes of private schools and other educational establishments.
txcd_20060058 | Training Services - Self Study Web Based | Courses on the web without a teacher.
txcd_20060059 | Tutoring | Lessons for one pupil or a few.
txcd_20070006 | Extermination services | Getting rid of pests.
txcd_20070007 | Landscaping services | Looking after gardens and grounds.
txcd_20070010 | Painting and wallpapering services | Painting and papering walls.
txcd_20080005 | Repair services -- tangible personal property | Repairing things.
txcd_20080007 | Repair services -- real property | Repairing buildings and what is fixed to them.
txcd_20090004 | Dry cleaning | Cleaning clothes with solvents.
txcd_30011000 | Clothing and footwear | Everyday clothes and shoes.
txcd_30011100 | Formal or special occasion wear | Clothes for festive occasions.
txcd_30011200 | Children's clothing and footwear | Clothes and shoes in children's sizes.
txcd_30021000 | Athletic and sportswear | What is worn for sports and not otherwise.
txcd_30021200 | Swim suits | What is worn for bathing.
txcd_30060001 | Bags purses and wallets | Bags, purses and wallets.
txcd_30060006 | Hats | What covers the head.
txcd_30060007 | Jewelry | Rings, necklaces and other jewelry.
txcd_30060010 | Non-clothing accessories | Umbrellas, cufflinks and other things worn that are not clothes.
txcd_30060016 | Watches | Watches for the wrist.
txcd_30071000 | Sporting activities equipment | Helmets, goggles and other gear for sports.
txcd_32020002 | Drugs - over the counter | Medicine that is sold without a prescription.
txcd_32050006 | Grooming and hygiene products | Soap, shampoo and the like, without medicine in them.
txcd_35010000 | Books | Printed books.
txcd_92010001 | Shipping | What bringing goods to the buyer costs.
"""


@dataclass(frozen=True)
class TaxCode:
    """One tax code; the same for everybody, so no account has it."""

    object_name: ClassVar[str] = "tax_code"
    missing_name: ClassVar[str] = "tax code"

    id: str
    name: str
    description: str


TAX_CODES: dict[str, TaxCode] = {
    code.id: code for code in (TaxCode(*line.split(" | ")) for line in _CODES.strip().splitlines())}
"""By id, in the order in which they are listed."""


def is_tax_code(id: str) -> bool:
    """Whether this can be the id of a tax code, also of one that is not known here."""
    return id in TAX_CODES or (id.startswith("txcd_") and len(id) == 13 and id[5:].isascii() and id[5:].isdigit())
