/** The token of the present session: the cookie is newer than the page after signing in again in another tab. */
export function csrfToken(fromPage: string): string {
  const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie);
  return cookie?.[1] ?? fromPage;
}
