// What one can do with a call now.
import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { seenBy, useCommand, useOwnPhones, type Command } from '../../api/manager';
import { useMe } from '../../api/session';
import type { LiveCall } from '../../api/types';
import { Icon, type IconName } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import { partyText } from '../calls/Party';

interface Action {
  command: Command;
  text: string;
  icon: IconName;
  color: string;
  keys: string;
}

const ANSWER: Action = { command: 'answer', text: 'manager.answer', icon: 'calls', color: 'green', keys: 'a' };
const DECLINE: Action = { command: 'hangup', text: 'manager.decline', icon: 'hangup', color: 'red', keys: 'e' };
const HANG_UP: Action = { ...DECLINE, text: 'manager.hangUp' };
const HOLD: Action = { command: 'hold', text: 'manager.hold', icon: 'pause', color: 'blue', keys: 'h' };
const RESUME: Action = { command: 'resume', text: 'manager.resume', icon: 'resume', color: 'green', keys: 'h' };
const TRANSFER: Action = { command: 'transfer', text: 'manager.transfer', icon: 'traces', color: 'petrol', keys: 't' };

const PARK: Action = { command: 'park', text: 'manager.park', icon: 'numbers', color: 'petrol', keys: 'p' };

export function actionsFor(call: LiveCall, me: number | undefined): Action[] {
  if (call.answered_at) return [call.state === 'held' ? RESUME : HOLD, TRANSFER, PARK, HANG_UP];
  return seenBy(call, me).incoming ? [ANSWER, DECLINE] : [HANG_UP];
}

/** What is done now and then: other phones where the call may be answered or go on, recording it. */
function More({ call, who, incoming }: { call: LiveCall; who: string; incoming: boolean }) {
  const { t } = useTranslation();
  const phones = useOwnPhones();
  const { mutate } = useCommand();
  const here = call.answered_at ? (incoming ? call.called.phone : call.caller.phone) : '';
  const others = (phones.data ?? []).filter(({ name, registered }) => registered && name !== here);
  if (!call.answered_at && (others.length === 0 || !incoming)) return null;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={t('manager.more', { who })}>
          …
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {call.answered_at && (
          <Menu.Item onClick={() => mutate({ call, command: 'to-go' }, { onSuccess: () => notifyDone(t('manager.toGoRings')), onError: notifyError })}>
            {t('manager.toGo')}
          </Menu.Item>
        )}
        {call.answered_at && (
          <Menu.Item onClick={() => mutate({ call, command: call.recorded ? 'end-recording' : 'record' }, { onError: notifyError })}>
            {t(call.recorded ? 'manager.endRecording' : 'manager.record')}
          </Menu.Item>
        )}
        {others.map(({ id, name }) => (
          <Menu.Item key={id} onClick={() => mutate({ call, command: 'answer', body: { phone: id } }, { onError: notifyError })}>
            {t(call.answered_at ? 'manager.moveTo' : 'manager.answerAt', { phone: name })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface CallButtonsProps {
  call: LiveCall;
  onAction: (call: LiveCall, command: Command) => void;
  busy: boolean;
}

export function CallButtons({ call, onAction, busy }: CallButtonsProps) {
  const { t } = useTranslation();
  const me = useMe()?.id;
  const { incoming, other } = seenBy(call, me);
  const who = partyText(other) || t('manager.somebody');
  return (
    <>
      {actionsFor(call, me).map(({ command, text, icon, color, keys }) => (
        <Button
          key={command}
          size="compact-sm"
          variant="light"
          color={color}
          aria-keyshortcuts={keys}
          aria-label={`${t(text)}: ${who}`}
          disabled={busy}
          leftSection={<Icon name={icon} size={14} />}
          onClick={() => onAction(call, command)}
        >
          {t(text)}
        </Button>
      ))}
      <More call={call} who={who} incoming={incoming} />
    </>
  );
}
