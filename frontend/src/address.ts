/** The addresses of the desk's views, beside that which the page was loaded from. */

const VIEWS = /^(.*?)\/(?:contacts|group-sends|board)\/(?:[\w-]+\/)?$/;

/** Where the desk itself is, without a slash at its end. */
export function deskRoot(here: string): string {
  return VIEWS.exec(here)?.[1] ?? here.replace(/\/$/, "");
}
