/** What no call needs: what is set, which keys there are, calls that were, who waits, what signing out would end. */
export { CallDetails, mayNote } from "./CallDetails";
export { NotificationOffer } from "./NotificationOffer";
export { SettingsDialog } from "./SettingsDialog";
export { ShortcutsDialog } from "./ShortcutsDialog";
export { SignOutDialog } from "./SignOutDialog";
export { Waiting } from "./Waiting";
