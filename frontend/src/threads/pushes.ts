/** What pushes do to the texts that are shown. */
import type { ServerMessage } from "../messages";
import type { ConversationStore } from "./conversation";
import type { NewsStore } from "./news";
import type { ThreadListStore } from "./threadList";

export interface TextStores {
  threads: ThreadListStore;
  conversation: ConversationStore;
  news: NewsStore;
}

export function textsPushed(message: ServerMessage, stores: TextStores, inCall: boolean): void {
  const { threads, conversation, news } = stores;
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
    case "log.changed":
    case "call.ended":
      conversation.mergeCall(message.call);
      break;
    case "desk.snapshot":
      // Pushes may have been missed before it.
      threads.recount(message.unread_threads);
      threads.refresh();
      conversation.refresh();
      break;
    case "session.ended":
      threads.clear();
      conversation.clear();
      break;
  }
  news.tell(message, inCall);
}
