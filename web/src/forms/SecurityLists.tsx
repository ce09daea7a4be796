// Where an account is logged in and which tokens it has: for its owner and for administrators.
import { ActionIcon, Badge, Group, Table, Text, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useEnd } from '../api/account';
import { useList } from '../api/collections';
import { useSession } from '../api/session';
import type { Collection, Token, WebSession } from '../api/types';
import { dateTime } from '../i18n/format';
import { Icon } from '../shell/icons';
import { notifyError } from '../shell/notify';
import classes from './forms.module.css';

const ALL = { page: 1, per_page: 100 };

function EndButton({ label, onClick, busy }: { label: string; onClick: () => void; busy: boolean }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="red" aria-label={label} onClick={onClick} disabled={busy}>
        <Icon name="trash" size={15} />
      </ActionIcon>
    </Tooltip>
  );
}

function List({ label, head, children }: { label: string; head: string[]; children: ReactNode }) {
  return (
    <div className={classes.scroll}>
      <Table aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {head.map((text) => (
              <Table.Th key={text}>{text}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </div>
  );
}

const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/(Headless)?Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** "Firefox, Windows", or what the browser says of itself. */
function browserText(agent: string): string {
  const names = [BROWSERS, SYSTEMS].map((list) => list.find(([pattern]) => pattern.test(agent))?.[1]);
  return names.filter(Boolean).join(', ') || agent;
}

interface Place {
  /** Whose: one's own, or those of a user. */
  user?: number;
}

function usePlace<T>(collection: 'sessions' | 'tokens', user: number | undefined) {
  const path: Collection = user === undefined ? `me/${collection}` : collection;
  const list = useList<T>(path, user === undefined ? ALL : { ...ALL, user });
  return { path, items: list.data?.items ?? [] };
}

export function SessionList({ user }: Place) {
  const { t } = useTranslation();
  const { path, items } = usePlace<WebSession>('sessions', user);
  const current = useSession().data?.session_id;
  const end = useEnd('session');
  if (items.length === 0) return <Text c="dimmed">{t('account.sessions.none')}</Text>;
  const head = ['browser', 'address', 'created', 'used', 'end'].map((name) => t(`account.sessions.${name}`));
  return (
    <List label={t('account.sessions.title')} head={head}>
      {items.map((one) => (
        <Table.Tr key={one.id}>
          <Table.Td title={one.user_agent}>
            <Group gap="xs">
              {browserText(one.user_agent)} {one.id === current && <Badge>{t('account.sessions.this')}</Badge>}
            </Group>
          </Table.Td>
          <Table.Td>{one.address}</Table.Td>
          <Table.Td>{dateTime(one.created_at)}</Table.Td>
          <Table.Td>{dateTime(one.last_at)}</Table.Td>
          <Table.Td>
            {one.id !== current && (
              <EndButton
                label={t('account.sessions.endOne', { browser: browserText(one.user_agent), address: one.address })}
                busy={end.isPending}
                onClick={() => end.mutate(`${path}/${one.id}`, { onError: notifyError })}
              />
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </List>
  );
}

export function TokenList({ user }: Place) {
  const { t } = useTranslation();
  const { path, items } = usePlace<Token>('tokens', user);
  const end = useEnd('token');
  if (items.length === 0) return <Text c="dimmed">{t('account.tokens.none')}</Text>;
  const head = ['name', 'rights', 'expires', 'used', 'revoke'].map((name) => t(`account.tokens.${name}`));
  return (
    <List label={t('account.tokens.title')} head={head}>
      {items.map((one) => (
        <Table.Tr key={one.id}>
          <Table.Td>{one.name}</Table.Td>
          <Table.Td>{one.rights.map((name) => t(`rights.name.${name}`)).join(', ') || t('account.tokens.noRights')}</Table.Td>
          <Table.Td>{one.expires_at ? dateTime(one.expires_at) : t('account.tokens.never')}</Table.Td>
          <Table.Td>{one.last_at ? `${dateTime(one.last_at)}, ${one.address}` : t('account.tokens.unused')}</Table.Td>
          <Table.Td>
            <EndButton
              label={t('account.tokens.revokeOne', { name: one.name })}
              busy={end.isPending}
              onClick={() => end.mutate(`${path}/${one.id}`, { onError: notifyError })}
            />
          </Table.Td>
        </Table.Tr>
      ))}
    </List>
  );
}
