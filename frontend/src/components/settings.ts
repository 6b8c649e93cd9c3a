/** What is set, which keys there are, and what signing out would end: dialogs that no call needs. */
export { SettingsDialog } from "./SettingsDialog";
export { ShortcutsDialog } from "./ShortcutsDialog";
export { SignOutDialog } from "./SignOutDialog";
