// One's own calls now, with what can be done with them. The keys mean the first one.
import { Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { seenBy, useCommand, type Command } from '../../api/manager';
import { useOwnCalls } from '../../api/runtime';
import { useMe } from '../../api/session';
import type { LiveCall } from '../../api/types';
import { notifyError } from '../../shell/notify';
import { Announcer } from '../calls/Announcer';
import { CallState } from '../calls/CallState';
import { Duration } from '../calls/Duration';
import { partyText } from '../calls/Party';
import { actionsFor, CallButtons } from './CallButtons';
import classes from './manager.module.css';
import { TransferDialogue } from './TransferDialogue';

const startOf = (call: LiveCall) => Date.parse(call.started_at ?? '');

export function OwnCalls() {
  const { t } = useTranslation();
  const me = useMe()?.id;
  const calls = [...(useOwnCalls().data ?? [])].sort((a, b) => startOf(b) - startOf(a));
  const { mutate, isPending, variables } = useCommand();
  const [givenAway, giveAway] = useState<string | null>(null);
  const given = calls.find(({ call_id }) => call_id === givenAway);

  const act = (call: LiveCall, command: Command) => {
    if (command === 'transfer') giveAway(call.call_id);
    else mutate({ call, command }, { onError: notifyError });
  };
  const press = (key: string) => () => {
    const first = calls[0];
    const action = first && actionsFor(first, me).find(({ keys }) => keys === key);
    if (first && action) act(first, action.command);
  };
  useHotkeys(['a', 'h', 't', 'p', 'e'].map((key) => [key, press(key)]));

  return (
    <section className={`panel ${classes.box}`} aria-labelledby="manager-calls">
      <h2 id="manager-calls">{t('manager.mine')}</h2>
      <Announcer count={calls.length} />
      {calls.length === 0 && <Text c="dimmed">{t('calls.none')}</Text>}
      <ul className={classes.list}>
        {calls.map((call) => {
          const { incoming, other } = seenBy(call, me);
          const who = partyText(other) || t('manager.somebody');
          return (
            <li key={call.call_id} className={classes.call}>
              <div className={classes.head}>
                <CallState call={call} />
                <span className={classes.who}>{t(incoming ? 'manager.from' : 'manager.to', { who })}</span>
                <span className={classes.time}>
                  <Duration since={call.answered_at ?? call.started_at ?? ''} />
                </span>
              </div>
              <div className={classes.buttons}>
                <CallButtons call={call} onAction={act} busy={isPending && variables.call.call_id === call.call_id} />
              </div>
            </li>
          );
        })}
      </ul>
      {given && (
        <TransferDialogue call={given} others={calls.filter((call) => call !== given && call.answered_at)} onClose={() => giveAway(null)} />
      )}
    </section>
  );
}
