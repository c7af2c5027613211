"""A conversation with a running service: a question is answered, and a risky call is confirmed.

Start the service with ``intent-agent serve``, then ``python examples/clients/follow_up.py``; with several
devices ``python examples/clients/follow_up.py 127.0.0.1:50551 SERIAL``.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from google.protobuf.json_format import MessageToDict

from agent.client import IntentAgentClient, ServiceError

if TYPE_CHECKING:
    from intentagent.v1 import intent_agent_service_pb2 as api
    from intentagent.v1 import plan_pb2


def main(address: str = "127.0.0.1:50551", serial: str = "") -> None:
    """Talk until an empty line."""
    conversation = ""
    with IntentAgentClient(address) as client:
        while text := input("> "):
            try:
                for step in client.execute(text, serial=serial, conversation_id=conversation, confirm=ask):
                    conversation = step.conversation_id
                    show(step)
            except ServiceError as error:
                print(f"error: {error}")


def ask(waiting: api.WaitingForConfirmation) -> bool:
    """Show the call as it will be made, and read the answer."""
    print(f"{waiting.message}\n{described(waiting.call)} on {waiting.serial}")
    return input("Do it? [y/N] ").lower() == "y"


def show(step: api.ExecuteResponse) -> None:
    """Print what is planned or asked back, and what came of each call."""
    if step.HasField("planned"):
        for call in step.planned.calls:
            print(described(call))
        if answer := step.planned.question or step.planned.reason:
            print(answer)
    elif step.HasField("outcome"):
        print(step.outcome.message)


def described(call: plan_pb2.Call) -> str:
    """Return a call as one line: ``set_alarm {"time": "07:15"}``."""
    return f"{call.tool} {json.dumps(MessageToDict(call.arguments), ensure_ascii=False)}"


if __name__ == "__main__":
    main(*sys.argv[1:])
