/** Where the opened contact stands, and its address: it can be shared, and the browser's Back goes back. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { pathOf, placeOf, type Place } from "../../contacts/address";
import type { ContactsStore } from "../../contacts/contacts";
import type { ContactToOpen } from "../CallerTab";
import type { Pane } from "../MobileNav";
import { useStore } from "../useStore";
import type { View } from "../WorkArea";

interface Desk {
  view: View;
  subjects: Partial<Record<View, unknown>>;
  show(change: { view?: View; pane?: Pane }): void;
}

export function useContactViews(contacts: ContactsStore, { view, subjects, show }: Desk) {
  const { open } = useStore(contacts);
  const [from, setFrom] = useState<View>("contacts");
  // The tab of a call that is over takes the contact along, into the list of all.
  const there = from === "log" || from === "contacts" || subjects[from] !== undefined;
  const contactIn: View | null = open ? (there ? from : "contacts") : null;
  const opener = useRef<HTMLElement | null>(null);

  useEffect(() => {
    if (view === "contacts" && contacts.list.get().status === "loading") contacts.list.load();
  }, [view, contacts]);

  useAddress(contacts, placeIn(contactIn, view, open?.id ?? null), (place) => {
    if (place === "elsewhere") {
      if (contactIn) contacts.close();
      return;
    }
    setFrom("contacts");
    show({ view: "contacts", pane: "work" });
    if (place === "contacts") contacts.close();
    else contacts.open(place);
  });

  return {
    contactIn,
    openContact(contact: ContactToOpen, over: View): void {
      opener.current = document.activeElement as HTMLElement | null;
      setFrom(over);
      if ("id" in contact) contacts.open(contact.id);
      else contacts.add(contact.number, contact.name);
      show({ view: over, pane: "work" });
    },
    closeContact(): void {
      const row = open?.id;
      contacts.close();
      setTimeout(() => {
        const back = opener.current?.isConnected
          ? opener.current
          : document.querySelector<HTMLElement>(`[data-contact="${row}"]`);
        back?.focus();
      });
    },
  };
}

function placeIn(contactIn: View | null, view: View, id: number | null): Place {
  if (contactIn === view && id !== null) return id;
  return view === "contacts" ? "contacts" : "elsewhere";
}

function useAddress(contacts: ContactsStore, place: Place, onPlace: (place: Place) => void): void {
  const go = useRef(onPlace);
  go.current = onPlace;
  const first = useRef(true);
  useLayoutEffect(() => {
    const here = placeOf(location.pathname);
    if (here !== "elsewhere") go.current(here);
    const back = () => go.current(placeOf(location.pathname));
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, [contacts]);
  useEffect(() => {
    // What the page was loaded for is opened before its address is told.
    if (first.current) {
      first.current = false;
      return;
    }
    if (placeOf(location.pathname) !== place) history.pushState(null, "", pathOf(place, location.pathname));
  }, [place]);
}
