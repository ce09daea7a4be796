// Who listens to the messages of a mailbox, and who gets them by e-mail. Each is a row of its own.
import { ActionIcon, Group, Stack, Switch, Table, Text, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useList, useRemove, useSave } from '../../api/collections';
import type { Mailbox, MailboxAccess } from '../../api/types';
import { RefSelect } from '../../forms/RefSelect';
import { fieldLabel } from '../../forms/texts';
import { Icon } from '../../shell/icons';
import { notifyError } from '../../shell/notify';

const MANY = 1000;

export function Access({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const rows = useList<MailboxAccess>('mailbox-access', { mailbox: mailbox.id, sort: 'holder_name', per_page: MANY }).data?.items ?? [];
  const store = useSave<MailboxAccess>('mailbox-access');
  const removal = useRemove('mailbox-access');
  const ids = (field: 'user' | 'group') => rows.flatMap((row) => row[field] ?? []);
  const add = (values: Partial<MailboxAccess>) => store.mutate({ id: null, values: { mailbox: mailbox.id, ...values } }, { onError: notifyError });

  return (
    <Stack gap="md" maw={720}>
      <Text c="dimmed">{t('mailboxes.accessIntro')}</Text>
      {rows.length > 0 && (
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('mailboxes.holder')}</Table.Th>
              <Table.Th>{fieldLabel('mailbox_access', 'by_mail')}</Table.Th>
              <Table.Th>
                <VisuallyHidden>{t('mailboxes.takeOut')}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.id}>
                <Table.Td>
                  <Group gap={6} wrap="nowrap">
                    <Icon name={row.group === null ? 'user' : 'groups'} size={15} />
                    <Link to={row.group === null ? `/users/${row.user}` : `/groups/${row.group}`}>{row.holder_name}</Link>
                  </Group>
                </Table.Td>
                <Table.Td>
                  <Switch
                    aria-label={t('mailboxes.byMail', { name: row.holder_name })}
                    checked={row.by_mail}
                    onChange={(event) => store.mutate({ id: row.id, values: { by_mail: event.currentTarget.checked } }, { onError: notifyError })}
                  />
                </Table.Td>
                <Table.Td align="right">
                  <ActionIcon variant="subtle" aria-label={t('mailboxes.takeOutOne', { name: row.holder_name })} onClick={() => removal.mutate([row.id], { onError: notifyError })}>
                    <Icon name="trash" size={16} />
                  </ActionIcon>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Group gap="md" grow preventGrowOverflow={false}>
        <RefSelect entity="user" label={t('mailboxes.addUser')} value={null} exclude={ids('user')} onChange={(user) => user && add({ user })} />
        <RefSelect entity="group" label={t('mailboxes.addGroup')} value={null} exclude={ids('group')} onChange={(group) => group && add({ group })} />
      </Group>
    </Stack>
  );
}
