#!/usr/bin/env bash
# The API with nothing but grpcurl and the server's reflection. Start `intent-agent serve` first.
set -euo pipefail
address=${1:-127.0.0.1:50551}
serial=${2:?usage: grpcurl.sh ADDRESS SERIAL}
call() { grpcurl -plaintext "$@"; }

call "$address" list
call "$address" describe intentagent.tools.phone.v1.SetAlarmRequest

# Words become a plan.
call -d '{"text": "wake me at 6:30 on weekdays"}' "$address" intentagent.v1.IntentAgentService/Plan

# Words are carried out; the steps come as they happen.
call -d "{\"request\": {\"text\": \"turn on the flashlight\"}, \"serial\": \"$serial\"}" \
  "$address" intentagent.v1.IntentAgentService/Execute

# A tool is a method of its own: no model, the same checks, queue and journal.
call -H "intent-agent-serial: $serial" -d '{"time": "06:30", "days": ["MONDAY"]}' \
  "$address" intentagent.tools.phone.v1.ClockService/SetAlarm

# What was done.
call -d '{"page_size": 5}' "$address" intentagent.v1.IntentAgentService/ListHistory
