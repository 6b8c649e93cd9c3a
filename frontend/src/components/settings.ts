/** What is set, and which keys there are: dialogs that no call needs. */
export { SettingsDialog } from "./SettingsDialog";
export { ShortcutsDialog } from "./ShortcutsDialog";
