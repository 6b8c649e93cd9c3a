/** What pushes do to the texts that are shown. */
import type { GroupSendsStore } from "../groupSends/groupSends";
import type { ServerMessage } from "../messages";
import type { ConversationStore } from "./conversation";
import type { NewsStore } from "./news";
import type { ThreadListStore } from "./threadList";

export interface TextStores {
  groupSends: GroupSendsStore;
  threads: ThreadListStore;
  conversation: ConversationStore;
  news: NewsStore;
}

export function textsPushed(message: ServerMessage, stores: TextStores, inCall: boolean): void {
  const { threads, conversation, news, groupSends } = stores;
  switch (message.type) {
    case "message.new":
    case "message.status":
      threads.merge(message.thread);
      conversation.mergeText(message.thread, message.message);
      break;
    case "thread.changed":
      threads.merge(message.thread);
      conversation.mergeThread(message.thread);
      break;
    case "send.progress":
      groupSends.merge(message.send);
      break;
    case "log.changed":
    case "call.ended":
      conversation.mergeCall(message.call);
      break;
    case "desk.snapshot":
      // Pushes may have been missed before it.
      threads.recount(message.unread_threads);
      threads.refresh();
      conversation.refresh();
      groupSends.refresh();
      break;
    case "session.ended":
      threads.clear();
      conversation.clear();
      groupSends.clear();
      break;
  }
  news.tell(message, inCall);
}
