// The SIP password of a phone: typed or generated, held against the guideline.
import { Box, Button, Group, List, PasswordInput, Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Settings } from '../../api/types';
import { generate, strength, weaknesses, type Policy } from '../../forms/password';
import { fieldHelp, fieldLabel } from '../../forms/texts';
import type { EntityFormState } from '../../forms/useEntityForm';
import { Icon } from '../../shell/icons';

function Strength({ policy, name, secret }: { policy: Policy; name: string; secret: string }) {
  const { t } = useTranslation();
  const wrong = weaknesses(policy, name, secret);
  const value = strength(policy, secret);
  const color = wrong.length === 0 ? 'green' : value < 60 ? 'red' : 'brass';
  return (
    <div role="status">
      <Progress.Root size="sm" my={6}>
        <Progress.Section value={value} color={color} aria-label={t('phones.password.strength')} />
      </Progress.Root>
      {wrong.length === 0 ? (
        <Text size="xs">{t('phones.password.ok')}</Text>
      ) : (
        <List size="xs">
          {wrong.map(({ code, count }) => (
            <List.Item key={code}>{t(`phones.password.${code}`, { count })}</List.Item>
          ))}
        </List>
      )}
    </div>
  );
}

export function SecretField({ form }: { form: EntityFormState }) {
  const { t } = useTranslation();
  const settings = useQuery({ queryKey: ['settings'], queryFn: ({ signal }) => api.get<Settings>('settings', signal) });
  const [visible, setVisible] = useState(false);
  const policy: Policy = settings.data?.password_policy === 'paranoid' ? 'paranoid' : 'secure';
  const name = String(form.value('name') ?? '');
  const secret = String(form.value('secret') ?? '');

  const make = () => {
    form.set('secret', generate(policy, name));
    setVisible(true);
  };
  return (
    <Box mb="sm">
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <PasswordInput
          flex={1}
          name="secret"
          label={fieldLabel('phone', 'secret')}
          description={fieldHelp('phone', 'secret', form.creating)}
          error={form.error('secret')}
          autoComplete="new-password"
          placeholder={form.creating ? undefined : t('forms.keepSecret')}
          visible={visible}
          onVisibilityChange={setVisible}
          value={secret}
          onChange={(event) => form.set('secret', event.currentTarget.value)}
        />
        <Button variant="default" mt={26} leftSection={<Icon name="key" size={14} />} onClick={make}>
          {t('phones.password.generate')}
        </Button>
      </Group>
      {secret !== '' && <Strength policy={policy} name={name} secret={secret} />}
    </Box>
  );
}
