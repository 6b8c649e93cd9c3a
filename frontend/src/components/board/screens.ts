/** What only supervisors see, in one file. */
export { BoardPage } from "./Board";
export { HelpNotice } from "./HelpNotice";
export { InterruptedCard, SupervisorCard } from "./SupervisorCard";
