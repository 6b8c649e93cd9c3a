/**
 * For a list whose choice does something at once. Windows and Linux would choose, and do it, with each arrow key and
 * each letter while the list is closed: here these keys open it.
 */
export function openByKey(event: KeyboardEvent): void {
  const isText = event.key.length === 1 && event.key !== " ";
  const isMove = /^(Arrow|Page|Home$|End$)/.test(event.key);
  if (!(isText || isMove) || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  (event.currentTarget as HTMLSelectElement).showPicker?.();
}
