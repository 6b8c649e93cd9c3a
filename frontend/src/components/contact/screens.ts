/** What is loaded together when contacts are first opened. */
export { ContactList } from "./ContactList";
export { ContactPage } from "./ContactPage";
export { ContactSide } from "./ContactSide";
export { ImportContacts } from "./ImportContacts";
