"""The account area: users, groups and organizations."""

from gatehouse.domain.principal import administrator
from gatehouse.http import bodies, views
from gatehouse.http.answers import Answer, Routes
from gatehouse.http.call import Call
from gatehouse.usecases import groups, memberships, organizations, users
from gatehouse.usecases.remove_group import remove_group
from gatehouse.usecases.remove_organization import remove_organization
from gatehouse.usecases.writers import writer

routes = Routes()


# ---- users


@routes("GET /users")
def list_users(call: Call) -> Answer:
    page = users.list_users(call.ports, call.principal, call.after("users"), call.limit)
    return call.page(page, "users", views.user)


@routes("POST /users")
def create_user(call: Call) -> Answer:
    writer(call.principal, "create users")
    new = bodies.read(bodies.UserBody, call.body()).user()
    bodies.check_sizes(call.ports.limits, new.scope)
    users.must_be_able_to_create(call.ports, call.principal, new)
    return call.once(
        lambda keep: users.create_user(call.ports, call.principal, new, keep), views.user, 201
    )


@routes("GET /users/{user_id}")
def show_user(call: Call) -> Answer:
    return call.entity(
        views.user(users.read_user(call.ports, call.principal, call.path["user_id"]))
    )


@routes("PATCH /users/{user_id}")
def change_user(call: Call) -> Answer:
    writer(call.principal, "change users")
    body = bodies.read(bodies.UserChangeBody, call.body())
    bodies.check_sizes(call.ports.limits, body.scope)
    user_id, change = call.path["user_id"], body.change()
    return call.once(
        lambda keep: users.change_user(
            call.ports, call.principal, user_id, change, call.etag, keep
        ),
        views.user,
    )


@routes("DELETE /users/{user_id}")
def remove_user(call: Call) -> Answer:
    administrator(call.principal, "delete users")
    user_id = call.path["user_id"]
    return call.once(
        lambda keep: users.remove_user(call.ports, call.principal, user_id, call.etag, keep),
        views.nothing,
        204,
    )


# ---- groups


@routes("GET /groups")
def list_groups(call: Call) -> Answer:
    page = groups.list_groups(call.ports, call.principal, call.after("groups"), call.limit)
    return call.page(page, "groups", views.group)


@routes("POST /groups")
def create_group(call: Call) -> Answer:
    writer(call.principal, "create groups")
    body = bodies.read(bodies.GroupBody, call.body())
    return call.once(
        lambda keep: groups.create_group(
            call.ports, call.principal, body.name, body.description, keep
        ),
        views.group,
        201,
    )


@routes("GET /groups/{group_id}")
def show_group(call: Call) -> Answer:
    return call.entity(
        views.group(groups.read_group(call.ports, call.principal, call.path["group_id"]))
    )


@routes("PATCH /groups/{group_id}")
def change_group(call: Call) -> Answer:
    group_id = call.path["group_id"]
    writer(call.principal, "change groups").must_have_groups({group_id})
    change = bodies.read(bodies.GroupChangeBody, call.body()).change()
    return call.once(
        lambda keep: groups.change_group(
            call.ports, call.principal, group_id, change, call.etag, keep
        ),
        views.group,
    )


@routes("DELETE /groups/{group_id}")
def delete_group(call: Call) -> Answer:
    administrator(call.principal, "delete groups")
    group_id = call.path["group_id"]
    return call.once(
        lambda keep: remove_group(call.ports, call.principal, group_id, call.etag, keep),
        views.nothing,
        204,
    )


@routes("GET /groups/{group_id}/members")
def list_members(call: Call) -> Answer:
    group_id = call.path["group_id"]
    purpose = f"members {group_id}"
    page = groups.group_members(
        call.ports, call.principal, group_id, call.after(purpose), call.limit
    )
    return call.page(page, purpose, views.member)


@routes("PUT /groups/{group_id}/members/{user_id}")
def add_member(call: Call) -> Answer:
    return _membership(call, member=True)


@routes("DELETE /groups/{group_id}/members/{user_id}")
def remove_member(call: Call) -> Answer:
    return _membership(call, member=False)


def _membership(call: Call, *, member: bool) -> Answer:
    writer(call.principal, "change the members of groups")
    call.no_body()
    group_id, user_id = call.path["group_id"], call.path["user_id"]
    return call.once(
        lambda keep: memberships.change_membership(
            call.ports, call.principal, group_id, user_id, member=member, keep=keep
        ),
        views.nothing,
        204,
    )


@routes("GET /groups/{group_id}/organizations")
def list_group_organizations(call: Call) -> Answer:
    group_id = call.path["group_id"]
    purpose = f"organizations {group_id}"
    page = groups.group_organizations(
        call.ports, call.principal, group_id, call.after(purpose), call.limit
    )
    return call.page(page, purpose, views.organization)


@routes("PUT /groups/{group_id}/organizations/{organization_id}")
def add_group_organization(call: Call) -> Answer:
    return _reach(call, reached=True)


@routes("DELETE /groups/{group_id}/organizations/{organization_id}")
def remove_group_organization(call: Call) -> Answer:
    return _reach(call, reached=False)


def _reach(call: Call, *, reached: bool) -> Answer:
    writer(call.principal, "change the organizations of groups")
    call.no_body()
    group_id, organization_id = call.path["group_id"], call.path["organization_id"]
    return call.once(
        lambda keep: groups.change_reach(
            call.ports, call.principal, group_id, organization_id, reached=reached, keep=keep
        ),
        views.nothing,
        204,
    )


# ---- organizations


@routes("GET /organizations")
def list_organizations(call: Call) -> Answer:
    page = organizations.list_organizations(
        call.ports, call.principal, call.after("organizations"), call.limit
    )
    return call.page(page, "organizations", views.organization)


@routes("POST /organizations")
def create_organization(call: Call) -> Answer:
    writer(call.principal, "create organizations").must_reach_everything("create organizations")
    body = bodies.read(bodies.OrganizationBody, call.body())
    return call.once(
        lambda keep: organizations.create_organization(
            call.ports, call.principal, body.name, body.parent_id, keep
        ),
        views.organization,
        201,
    )


@routes("GET /organizations/{organization_id}")
def show_organization(call: Call) -> Answer:
    return call.entity(
        views.organization(
            organizations.read_organization(
                call.ports, call.principal, call.path["organization_id"]
            )
        )
    )


@routes("PATCH /organizations/{organization_id}")
def change_organization(call: Call) -> Answer:
    writer(call.principal, "change organizations").must_reach_everything("change organizations")
    change = bodies.read(bodies.OrganizationChangeBody, call.body()).change()
    organization_id = call.path["organization_id"]
    return call.once(
        lambda keep: organizations.change_organization(
            call.ports, call.principal, organization_id, change, call.etag, keep
        ),
        views.organization,
    )


@routes("DELETE /organizations/{organization_id}")
def delete_organization(call: Call) -> Answer:
    writer(call.principal, "delete organizations").must_reach_everything("delete organizations")
    organization_id = call.path["organization_id"]
    return call.once(
        lambda keep: remove_organization(
            call.ports, call.principal, organization_id, call.etag, keep
        ),
        views.nothing,
        204,
    )
