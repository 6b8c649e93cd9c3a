"""How the commands show a plan and ask."""

from __future__ import annotations

from telephony.provisioning.plan import Plan, Step


def plan_text(plan: Plan) -> str:
    """The plan for a terminal: each resource, and old → new for each of its fields."""
    return "\n".join(line for step in plan.steps for line in [*_step_lines(step), ""])


def _step_lines(step: Step) -> list[str]:
    sid = f" ({step.sid})" if step.sid else ""
    lines = [f"{step.title}{sid}: {_verdict(step)}"]
    if step.note:
        lines.append(f"  {step.note}")
    if step.blocked:
        return [*lines, f"  {step.blocked} {step.way_out}".rstrip()]
    if step.others:
        lines.append(f"  {step.way_out}")
    for change in step.changes:
        lines += [f"  {change.field}", f"    - {change.before}", f"    + {change.after}"]
    return lines


def _verdict(step: Step) -> str:
    if step.blocked:
        return "left alone"
    if not step.sid:
        return "will be made"
    if step.removes:
        return "will be removed"
    return "will be changed" if step.changes else "is as it should be"


def ask(question: str) -> bool:
    """Whether somebody at the terminal says yes. Nobody there is no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
