"""The pages of the site, in the order of the navigation. Another page is a module here, and its name in this list."""

from claimbatch.web.page import Page
from claimbatch.web.pages.check import page as check
from claimbatch.web.pages.claim_correcting import page as claim_correcting
from claimbatch.web.pages.claim_history import page as claim_history
from claimbatch.web.pages.claim_letters import page as claim_letters
from claimbatch.web.pages.claim_papers import page as claim_papers
from claimbatch.web.pages.claim_steps import page as claim_steps
from claimbatch.web.pages.claims import page as claims
from claimbatch.web.pages.completing import page as completing
from claimbatch.web.pages.merging import page as merging
from claimbatch.web.pages.moderators_workbook import page as moderators_workbook
from claimbatch.web.pages.new_qualification import page as new_qualification
from claimbatch.web.pages.nights import page as nights
from claimbatch.web.pages.outcome import page as outcome
from claimbatch.web.pages.qualifications import page as qualifications
from claimbatch.web.pages.register import page as register
from claimbatch.web.pages.register_file import page as register_file
from claimbatch.web.pages.register_imports import page as register_imports
from claimbatch.web.pages.sample import page as sample
from claimbatch.web.pages.simulation import page as simulation
from claimbatch.web.pages.templates import page as templates
from claimbatch.web.pages.today import page as today
from claimbatch.web.pages.units import page as units

PAGES: tuple[Page, ...] = (
    today,
    register,
    register_file,
    register_imports,
    templates,
    check,
    merging,
    claims,
    claim_correcting,
    claim_steps,
    claim_history,
    claim_papers,
    claim_letters,
    sample,
    simulation,
    outcome,
    moderators_workbook,
    completing,
    qualifications,
    new_qualification,
    units,
    nights,
)
