// One change in full, and the way back.
import { Alert, Button, Drawer, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { ApiError } from '../../api/error';
import { invalidateEntity } from '../../api/related';
import type { Change } from '../../api/types';
import { fieldLabel, optionLabel } from '../../forms/texts';
import { valueText } from '../../forms/valueText';
import { dateTime } from '../../i18n/format';
import { errorText, notifyDone } from '../../shell/notify';
import classes from './changes.module.css';

function Values({ change }: { change: Change }) {
  const { t } = useTranslation();
  const { entity, before, after } = change;
  const secret = <em>{t('changes.secret')}</em>;
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('changes.field')}</Table.Th>
          <Table.Th>{t('changes.before')}</Table.Th>
          <Table.Th>{t('changes.after')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {change.fields.map((field) => (
          <Table.Tr key={field}>
            <Table.Th scope="row">{fieldLabel(entity, field)}</Table.Th>
            <Table.Td className={classes.value}>{field in before ? valueText(t, entity, field, before[field]) : secret}</Table.Td>
            <Table.Td className={classes.value}>{field in after ? valueText(t, entity, field, after[field]) : secret}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Inside({ change, onClose }: { change: Change; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const revert = useMutation({
    mutationFn: () => api.post(`changes/${change.id}/revert`, {}),
    onSuccess: async () => {
      await Promise.all([invalidateEntity(client, change.entity), invalidateEntity(client, 'change')]);
      notifyDone(t('changes.reverted'));
      onClose();
    },
  });
  const reason = revert.error instanceof ApiError ? revert.error.fields[0]?.message ?? errorText(revert.error) : null;
  return (
    <Stack gap="md">
      <Text>
        {t(`changes.entity.${change.entity}`, { defaultValue: change.entity })} <strong>{change.name}</strong>{' '}
        {optionLabel('change', 'action', change.action)}
      </Text>
      <Text size="sm" c="dimmed">
        {[change.at && dateTime(change.at), change.writer || t('changes.system'), change.address].filter(Boolean).join(' · ')}
      </Text>
      {change.fields.length > 0 && <Values change={change} />}
      {revert.isError && (
        <Alert color="red" title={t('changes.notReverted')}>
          {reason ?? errorText(revert.error)}
        </Alert>
      )}
      <div>
        <Button variant="default" loading={revert.isPending} onClick={() => revert.mutate()}>
          {t(`changes.revert.${change.action}`)}
        </Button>
      </div>
    </Stack>
  );
}

export function ChangeDrawer({ change, onClose }: { change: Change | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={change !== null}
      onClose={onClose}
      position="right"
      size={560}
      title={<Title order={2}>{t('changes.one')}</Title>}
      closeButtonProps={{ 'aria-label': t('forms.close') }}
    >
      {change && <Inside key={change.id} change={change} onClose={onClose} />}
    </Drawer>
  );
}
