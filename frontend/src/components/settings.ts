/** What is set, which keys there are, what signing out would end, and an offer: nothing that a call needs. */
export { NotificationOffer } from "./NotificationOffer";
export { SettingsDialog } from "./SettingsDialog";
export { ShortcutsDialog } from "./ShortcutsDialog";
export { SignOutDialog } from "./SignOutDialog";
