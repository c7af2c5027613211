"""Eight requests side by side with the asynchronous client, which comes back when the service is busy.

Start the service with ``intent-agent serve``, then ``python examples/clients/many_at_once.py``.
"""

from __future__ import annotations

import asyncio
import sys

from agent.client import AsyncIntentAgentClient, Retries

TEXTS = (
    "turn on the flashlight",
    "wake me at 6:30",
    "set a timer for ten minutes",
    "open the Wi-Fi settings",
)


async def main(address: str = "127.0.0.1:50551") -> None:
    """Plan each text twice and print the calls."""
    async with AsyncIntentAgentClient(address, retries=Retries(attempts=10)) as client:
        plans = await asyncio.gather(*(client.plan(text) for text in TEXTS * 2))
    for plan in plans:
        print(plan.text, "→", [call.tool for call in plan.calls])


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
