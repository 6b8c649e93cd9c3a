/** All keys that do something, and the switch that turns the single ones off. */
import type { ComponentChildren } from "preact";
import { Dialog } from "./Dialog";
import { Switch } from "./Switch";
import { t } from "../i18n/i18n";

const Key = ({ children }: { children: string }) => <kbd>{children}</kbd>;

const rows = (): [ComponentChildren, string][] => [
  [<Key>{t("keys.enter")}</Key>, t("keys.answer")],
  [
    <>
      <Key>{t("keys.ctrl")}</Key> {t("keys.or")} <Key>⌘</Key> + <Key>{t("keys.enter")}</Key>
    </>,
    t("keys.answerAnywhere"),
  ],
  [
    <>
      <Key>{t("keys.shift")}</Key> + <Key>R</Key>
    </>,
    t("keys.reject"),
  ],
  [<Key>M</Key>, t("keys.mute")],
  [<Key>H</Key>, t("keys.hold")],
  [<Key>K</Key>, t("keys.keypad")],
  [<Key>T</Key>, t("keys.transfer")],
  [
    <>
      <Key>{t("keys.shift")}</Key> + <Key>H</Key>
    </>,
    t("keys.help"),
  ],
  [
    <>
      <Key>{t("keys.shift")}</Key> + <Key>E</Key>
    </>,
    t("keys.hangUp"),
  ],
  [<Key>/</Key>, t("keys.search")],
  [<Key>D</Key>, t("keys.dial")],
  [<Key>N</Key>, t("keys.note")],
  [<Key>W</Key>, t("keys.waiting")],
  [<Key>A</Key>, t("keys.availability")],
  [
    <>
      <Key>↑</Key> <Key>↓</Key>
    </>,
    t("keys.rows"),
  ],
  [<Key>{t("keys.escape")}</Key>, t("keys.leave")],
  [<Key>F6</Key>, t("keys.region")],
  [<Key>?</Key>, t("keys.list")],
];

interface Props {
  on: boolean;
  onToggle(on: boolean): void;
  onClose(): void;
}

export function ShortcutsDialog({ on, onToggle, onClose }: Props) {
  return (
    <Dialog title={t("top.shortcuts")} onClose={onClose}>
      <table class="shortcuts">
        <caption class="visually-hidden">{t("keys.caption")}</caption>
        <tbody>
          {rows().map(([keys, text]) => (
            <tr key={text}>
              <th scope="row">{keys}</th>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Switch
        label={on ? t("settings.shortcutsOn") : t("settings.shortcutsOff")}
        on={on}
        onChange={onToggle}
      />
    </Dialog>
  );
}
