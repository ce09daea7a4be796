// The first line and the emergency numbers that take it (INI-4); it may be left out.
import { Alert, PasswordInput, Select, SimpleGrid, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSetupChoices } from '../../api/session';
import { FieldGroup } from '../../forms/FieldGroup';
import { ACCOUNT_MARK, faultsOf, LINE_TEXTS, type FirstLine } from './line';

interface LineSectionProps {
  line: FirstLine;
  /** Somebody wanted to go on: what is missing is shown. */
  checked: boolean;
  onChange: (line: FirstLine) => void;
}

export function LineSection({ line, checked, onChange }: LineSectionProps) {
  const { t } = useTranslation();
  const providers = useSetupChoices().data?.providers ?? [];
  const faults = checked ? faultsOf(line) : {};

  const choose = (name: string | null) => {
    const provider = providers.find((one) => one.name === name) ?? null;
    onChange({ ...line, provider, name: line.name || name || '' });
  };
  const { provider } = line;
  const shown = provider
    ? LINE_TEXTS.filter((field) => {
        if (field === 'host') return !provider.host;
        if (field === 'account') return `${provider.host}${provider.proxy}`.includes(ACCOUNT_MARK);
        return provider.auth === 'password' || (field !== 'username' && field !== 'password');
      })
    : [];
  return (
    <FieldGroup title={t('setup.line.title')}>
      <Select
        maw={360}
        label={t('setup.line.provider')}
        placeholder={t('setup.line.none')}
        data={providers.map(({ name }) => name)}
        value={provider?.name ?? null}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('forms.clear') }}
        nothingFoundMessage={t('forms.nothingFound')}
        onChange={choose}
      />
      {!provider && (
        <Alert color="brass" mt="sm" role="note">
          {t('setup.line.warning')}
        </Alert>
      )}
      {provider && (
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="sm" mt="sm">
          {shown.map((field) => {
            const Input = field === 'password' ? PasswordInput : TextInput;
            return (
              <Input
                key={field}
                label={t(`setup.line.${field}`)}
                error={faults[field] && t(`setup.line.${faults[field]}`)}
                description={field === 'numbers' ? t('setup.emergency') : undefined}
                autoComplete="off"
                value={line[field]}
                onChange={(event) => onChange({ ...line, [field]: event.currentTarget.value })}
              />
            );
          })}
        </SimpleGrid>
      )}
    </FieldGroup>
  );
}
