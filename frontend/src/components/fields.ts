/** Where single keys are letters. */
const BUTTONS = ["checkbox", "radio", "button", "submit"];

export function isTextField(element: Element | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  if (
    element.isContentEditable ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement
  ) {
    return true;
  }
  return element instanceof HTMLInputElement && !BUTTONS.includes(element.type);
}

/** Where somebody writes: a list of choices takes letters, too, and nothing is lost when focus leaves it. */
export function isWritingField(element: Element | null): boolean {
  return isTextField(element) && !(element instanceof HTMLSelectElement);
}
