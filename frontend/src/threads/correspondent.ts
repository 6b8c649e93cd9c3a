/** Whom a thread is with, also before anything was written. */
import type { Contact, Line, Thread } from "../messages";

export interface Correspondent {
  line: Line;
  number: string;
  display: string;
  contact: Contact | null;
}

/** Why a number gets no texts from a line; "" when it gets them. */
export type Closed = Thread["closed"];

export const keyOf = ({ line, number }: Pick<Correspondent, "line" | "number">): string =>
  `${line.id} ${number}`;

export const whomOf = ({ line, number, display, contact }: Thread): Correspondent => ({
  line,
  number,
  display,
  contact,
});
