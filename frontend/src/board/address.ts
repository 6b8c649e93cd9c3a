/** The address of the board, which can be shared: `/board/`. */
import { deskRoot } from "../address";

export function isBoardPath(path: string): boolean {
  return path.endsWith("/board/");
}

export function boardPath(here: string): string {
  return `${deskRoot(here)}/board/`;
}
