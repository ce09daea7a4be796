// First start (INI-1 to INI-6): phones, how one dials here, the administrator, who is then logged in. All or nothing.
import { Alert, Code, Stepper, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error';
import { useSetup } from '../../api/session';
import { Door } from '../../shell/Door';
import { fieldErrorText } from '../../shell/notify';
import { AdministratorStep } from './AdministratorStep';
import { DiallingStep, DIALLING_FIELDS, type Range } from './DiallingStep';
import { NO_LINE, sectionsOf } from './line';
import { PhonesStep } from './PhonesStep';

const IMPORT = 'strowger import export.json';
const STEPS = ['phones', 'dialling', 'administrator'] as const;

/** The step whose entries the server refused; -1: none but the last. */
function stepOf(error: ApiError): number {
  const has = (names: string[]) => error.fields.some(({ field }) => names.includes(field));
  if (has(['phones'])) return 0;
  return has([...DIALLING_FIELDS, 'ranges', 'lines', 'emergency-numbers']) ? 1 : -1;
}

export default function Setup() {
  const { t, i18n } = useTranslation();
  const setup = useSetup();
  const [step, setStep] = useState(0);
  const [refused, setRefused] = useState<string | null>(null);
  const [phones, setPhones] = useState<string[]>([]);
  const [settings, setSettings] = useState<Record<string, unknown>>({});
  const [entered, setEntered] = useState<Record<string, unknown>>({});
  const [ranges, setRanges] = useState<Range[]>([{ first: '100', last: '999' }]);

  const [line, setLine] = useState(NO_LINE);

  const go = (to: number) => {
    setRefused(null);
    setStep(to);
  };
  const finish = async (administrator: Record<string, unknown>) => {
    const language = i18n.language;
    setEntered({ ...administrator, password_again: administrator.password });
    try {
      await setup.mutateAsync({
        ...administrator,
        language,
        settings: { ...settings, language },
        ranges,
        phones: phones.map((name) => ({ name })),
        ...sectionsOf(line),
      });
    } catch (error) {
      const wrong = error instanceof ApiError ? stepOf(error) : -1;
      if (wrong < 0) throw error;
      setStep(wrong);
      setRefused((error as ApiError).fields.map(fieldErrorText).join(' '));
    }
  };

  return (
    <Door title={t('setup.title')} wide>
      <Stepper
        active={step}
        onStepClick={(to) => to < step && go(to)}
        size="sm"
        mb="md"
        allowNextStepsSelect={false}
      >
        {STEPS.map((name) => (
          <Stepper.Step key={name} label={t(`setup.step.${name}`)} />
        ))}
      </Stepper>
      <Text mb="md" c="dimmed" size="sm">
        {t(`setup.intro.${STEPS[step] ?? 'phones'}`)}
      </Text>
      {refused && (
        <Alert color="red" mb="md" role="alert">
          {refused}
        </Alert>
      )}
      {step === 0 && (
        <>
          <PhonesStep phones={phones} onChange={setPhones} onNext={() => go(1)} />
          <Text size="xs" c="dimmed" mt="md">
            {t('setup.instead')} <Code>{IMPORT}</Code>
          </Text>
        </>
      )}
      {step === 1 && (
        <DiallingStep
          settings={settings}
          ranges={ranges}
          line={line}
          onBack={() => go(0)}
          onNext={(nextSettings, nextRanges, nextLine) => {
            setSettings(nextSettings);
            setRanges(nextRanges);
            setLine(nextLine);
            go(2);
          }}
        />
      )}
      {step === 2 && (
        <AdministratorStep
          ranges={ranges}
          entered={entered}
          onBack={(values) => {
            setEntered(values);
            go(1);
          }}
          onFinish={finish}
        />
      )}
    </Door>
  );
}
