"""Addresses of the editor of question sets and templates."""

from django.urls import path

from samsyn.questions.views import additions, answers, bank, drafts, instruments, templates, versions

app_name = "questions"
urlpatterns = [
    path("", versions.list_versions, name="list"),
    path("instruments/<slug:code>/new-version", instruments.start_instrument_draft, name="start_instrument_draft"),
    path("versions/<uuid:version_id>/", instruments.version, name="version"),
    path("versions/<uuid:version_id>/preview", instruments.preview, name="preview"),
    path("versions/<uuid:version_id>/reminder", instruments.change_reminder, name="change_reminder"),
    path("versions/<uuid:version_id>/local", instruments.add_local_question, name="add_local_question"),
    path("versions/<uuid:version_id>/publish", instruments.publish_instrument, name="publish_instrument"),
    path("versions/<uuid:version_id>/discard", instruments.discard_instrument_draft, name="discard_instrument_draft"),
    path("versions/<uuid:version_id>/questions/<slug:code>/", instruments.change_question, name="change_question"),
    path("versions/<uuid:version_id>/questions/<slug:code>/move", instruments.move_question, name="move_question"),
    path(
        "versions/<uuid:version_id>/questions/<slug:code>/remove",
        instruments.remove_local_question,
        name="remove_local_question",
    ),
    path("templates/new", templates.create_template, name="create_template"),
    path("templates/<slug:code>/new-version", templates.start_template_draft, name="start_template_draft"),
    path("templates/versions/<uuid:version_id>/", templates.template_version, name="template_version"),
    path("templates/versions/<uuid:version_id>/publish", templates.publish_template, name="publish_template"),
    path(
        "templates/versions/<uuid:version_id>/discard",
        templates.discard_template_draft,
        name="discard_template_draft",
    ),
    path("packages/", bank.packages, name="packages"),
    path("packages/new", bank.create_package, name="create_package"),
    path("packages/<slug:code>/new-version", bank.start_package_draft, name="start_package_draft"),
    path("packages/<slug:code>/register", bank.register, name="register"),
    path(
        "packages/<slug:code>/register/<uuid:implementation_id>/end",
        bank.end_implementation,
        name="end_implementation",
    ),
    path("packages/versions/<uuid:version_id>/", bank.package, name="package"),
    path("packages/versions/<uuid:version_id>/consultation", bank.send_for_consultation, name="send_for_consultation"),
    path("packages/versions/<uuid:version_id>/decide", bank.decide_package, name="decide_package"),
    path("packages/versions/<uuid:version_id>/retire", bank.retire_package, name="retire_package"),
    path("packages/versions/<uuid:version_id>/move/<slug:to>", bank.move_package, name="move_package"),
    path("packages/versions/<uuid:version_id>/compare", bank.compare, name="compare"),
    path("packages/versions/<uuid:version_id>/compare/question", additions.compare_variable, name="compare_variable"),
    path(
        "packages/versions/<uuid:version_id>/compare/written",
        additions.write_foreign_question,
        name="write_foreign_question",
    ),
    path("packages/versions/<uuid:version_id>/variables/new", additions.add_variable, name="add_variable"),
    path("packages/versions/<uuid:version_id>/variables/take-in", additions.borrow_variables, name="borrow_variables"),
    path(
        "packages/versions/<uuid:version_id>/variables/<slug:code>/remove",
        additions.remove_variable,
        name="remove_variable",
    ),
    path(
        "packages/versions/<uuid:version_id>/variables/<slug:code>/forget",
        additions.forget_comparison,
        name="forget_comparison",
    ),
    path("packages/versions/<uuid:version_id>/files/<slug:file>", bank.download, name="download_package"),
    path(
        "packages/versions/<uuid:version_id>/variables/<slug:code>/back",
        additions.take_variable_back,
        name="take_variable_back",
    ),
    path("packages/versions/<uuid:version_id>/description", drafts.describe_package, name="describe_package"),
    path("packages/versions/<uuid:version_id>/preview", bank.preview_package, name="preview_package"),
    path("packages/versions/<uuid:version_id>/differences", bank.differences, name="differences"),
    path("packages/versions/<uuid:version_id>/variables/<slug:code>/", drafts.change_variable, name="change_variable"),
    path(
        "packages/versions/<uuid:version_id>/variables/<slug:code>/condition",
        drafts.change_condition,
        name="change_condition",
    ),
    path("packages/versions/<uuid:version_id>/variables/<slug:code>/move", drafts.move_variable, name="move_variable"),
    path("packages/versions/<uuid:version_id>/variables/<slug:code>/split", answers.split_answer, name="split_answer"),
    path(
        "packages/versions/<uuid:version_id>/lists/<slug:code>/<int:number>/",
        answers.change_answers,
        name="change_answers",
    ),
    path(
        "packages/versions/<uuid:version_id>/lists/<slug:code>/<int:number>/earlier",
        answers.compare_answers,
        name="compare_answers",
    ),
    path("packages/versions/<uuid:version_id>/requirements/new", drafts.add_requirement, name="add_requirement"),
    path(
        "packages/versions/<uuid:version_id>/requirements/<slug:code>/",
        drafts.change_requirement,
        name="change_requirement",
    ),
    path(
        "packages/versions/<uuid:version_id>/requirements/<slug:code>/remove",
        drafts.remove_requirement,
        name="remove_requirement",
    ),
]
