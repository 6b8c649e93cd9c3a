"""A new version is put in place while a desk is open: what it has not loaded yet is gone."""

from __future__ import annotations

from playwright.sync_api import expect


def test_a_screen_that_is_gone_is_told_and_drops_no_call(open_desk, stack):
    desk = open_desk("ada")
    page = desk.page
    page.route("**/static/desk-sends.*", lambda route: route.fulfill(status=404, body="gone"))
    # The page brings its screens by itself as soon as it has nothing else to do: the first one may have them by now.
    page.reload()
    desk.expect_reachable()
    stack.telephone_calls("+12025550142")
    desk.take("Maya Okonkwo")

    page.get_by_role("link", name="Group sends").or_(page.get_by_role("button", name="Group sends")).first.click()
    sends = page.get_by_role("region", name="Group sends")

    expect(sends).to_contain_text("Ringdesk was renewed since you opened this page.")
    expect(desk.button("Load the page again")).to_be_disabled()
    desk.expect_on_call("Maya Okonkwo")
    desk.hang_up()
    expect(desk.button("Load the page again")).to_be_enabled()

    page.unroute("**/static/desk-sends.*")
    desk.button("Load the page again").click()
    expect(page.get_by_role("heading", name="Group sends")).to_be_visible()
    expect(desk.button("Load the page again")).to_have_count(0)
    # The browser itself notes what could not be loaded.
    desk.problems.clear()
