/** All keys that do something, and the switch that turns the single ones off. */
import type { ComponentChildren } from "preact";
import { Dialog, Switch } from "./Dialog";

const Key = ({ children }: { children: string }) => <kbd>{children}</kbd>;

const ROWS: [ComponentChildren, string][] = [
  [<Key>Enter</Key>, "Answer, while focus is on Answer"],
  [
    <>
      <Key>Ctrl</Key> or <Key>⌘</Key> + <Key>Enter</Key>
    </>,
    "Answer from anywhere, also while typing",
  ],
  [
    <>
      <Key>Shift</Key> + <Key>R</Key>
    </>,
    "Reject",
  ],
  [<Key>M</Key>, "Mute on or off"],
  [<Key>K</Key>, "Keypad; then digits, * and #"],
  [
    <>
      <Key>Shift</Key> + <Key>E</Key>
    </>,
    "Hang up",
  ],
  [<Key>/</Key>, "Search the call log"],
  [<Key>D</Key>, "Go to number entry"],
  [<Key>A</Key>, "Availability"],
  [
    <>
      <Key>↑</Key> <Key>↓</Key>
    </>,
    "Rows of the call log; Enter opens, C calls",
  ],
  [<Key>Esc</Key>, "Leave a field or close a panel. Never ends a call"],
  [<Key>F6</Key>, "Next region"],
  [<Key>?</Key>, "This list"],
];

interface Props {
  on: boolean;
  onToggle(on: boolean): void;
  onClose(): void;
}

export function ShortcutsDialog({ on, onToggle, onClose }: Props) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <table class="shortcuts">
        <caption class="visually-hidden">Keys and what they do</caption>
        <tbody>
          {ROWS.map(([keys, text]) => (
            <tr key={text}>
              <th scope="row">{keys}</th>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Switch label={`Single-key shortcuts are ${on ? "on" : "off"}`} on={on} onChange={onToggle} />
    </Dialog>
  );
}
