"""A conversation with a running service: a question is answered, and a risky call is confirmed.

Start the service with ``intent-agent serve``, then ``python examples/clients/follow_up.py``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from agent.client import IntentAgentClient

if TYPE_CHECKING:
    from intentagent.v1 import intent_agent_service_pb2 as api


def ask(waiting: api.WaitingForConfirmation) -> bool:
    """Show the call as it will be made, and read the answer."""
    print(f"{waiting.message}\n{waiting.call.tool} {dict(waiting.call.arguments)} on {waiting.serial}")
    return input("Do it? [y/N] ").lower() == "y"


def main(address: str = "127.0.0.1:50551") -> None:
    """Talk until an empty line."""
    conversation = ""
    with IntentAgentClient(address) as client:
        while text := input("> "):
            for step in client.execute(text, conversation_id=conversation, confirm=ask):
                conversation = step.conversation_id
                if step.HasField("planned"):
                    print(step.planned.question or step.planned.reason or len(step.planned.calls))
                elif step.HasField("outcome"):
                    print(step.outcome.message)


if __name__ == "__main__":
    main(*sys.argv[1:])
