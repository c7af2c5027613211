"""Typed clients of the service, blocking and asynchronous.

::

    with IntentAgentClient("127.0.0.1:50551") as client:
        for step in client.execute("wake me at 6:30 on weekdays"):
            print(step)
"""

from agent.client._aio import AsyncIntentAgentClient
from agent.client._channel import ClientTls
from agent.client._client import IntentAgentClient
from agent.client._errors import ServiceError
from agent.client._retries import Retries

__all__ = ["AsyncIntentAgentClient", "ClientTls", "IntentAgentClient", "Retries", "ServiceError"]
