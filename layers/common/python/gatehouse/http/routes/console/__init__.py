"""The console: pages for the people who open doors, on the same use cases as the JSON routes.

Add a page like this:

1. *A route.* One line under ``ConsoleFunction`` in template.yaml. It takes ``ANY`` method, which
   is the page's own GET, its HEAD, and the POST of the forms that stand on it::

       Groups: {Type: HttpApi, Properties: {ApiId: !Ref HttpApi, Method: ANY, Path: /console/groups}}

2. *A function* in a module named by a noun, which ``every_page.py`` names::

       pages = Pages()

       @pages.at("GET /console/groups")
       def list_groups(visit: Visit) -> Answer:
           found = groups.list_groups(visit.ports, visit.person, visit.call.after("groups"), 50)
           return visit.page("groups", groups=[...], more=visit.more("groups", found.after))

       @pages.at("POST /console/groups")
       def create_group(visit: Visit) -> Answer:
           ...
           return visit.go("/console/groups", "The group Level 1 was created.")

   ``visit.person`` is read fresh, and a POST has carried its CSRF token, before the function runs.
   Who may do it is for the use case to say: what it refuses becomes a page with the reason (403,
   404, 409, 412, 429, 503), and a session that ended leads to the sign-in and back. A refusal that
   a person can mend at a field is caught here and shown there: ``errors_of`` and ``status=422``.

3. *A template* ``pages/templates/console/groups.html`` that extends ``console/layout.html`` and is
   put together from ``console/parts.html``: crumbs, error summary, fields, table, state, pages.
   Every text that a person wrote passes ``name``, ``message`` or ``visible``.

4. *An entry* in ``menu.py`` once the section's first page stands.

A GET changes nothing, a POST that worked answers 303 (``visit.go``), a POST has a GET at the same
address (so that signing in again leads somewhere), and all of it works without a script. What
htmx adds is an attribute on a form that would work without it. Names of several checkboxes carry
the id (``group.grp_…``), since each field of a form comes once: ``visit.ticked("group.")``.
"""
