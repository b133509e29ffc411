# Filing for somebody else, deadlines, shared computers, the lost card, one's own data.

lives-for-whom-label = Pedido feito para
lives-for-whom = { $name } ({ $capacity })
lives-signer-title = Quem assina (você)
lives-signer-text = Você assina com o seu próprio cartão, e estes são os seus dados. Os da pessoa para quem você faz o pedido estão entre as respostas.
lives-applicant-others = Se você faz o pedido para outra pessoa, como uma criança com menos de 15 anos, leia aqui o seu próprio cartão. As próximas páginas perguntam sobre essa pessoa.
lives-locked-signer = Do seu cartão: é sobre você, que assina, e não sobre a pessoa para quem você faz o pedido.
fault-same-as-signer = Esta pessoa é você, que assina. Se o pedido é seu, escolha "Para mim"; senão, informe o nome e a data de nascimento da outra pessoa.
fault-not-under-age = No dia do pedido esta pessoa tem { $limit } anos ou mais e pode assinar com o próprio cartão. Para fazer o pedido por ela, faça-o como representante com procuração.
lives-deadline-title = Prazo
lives-deadline-in-time = Dentro do prazo. O último dia é { $day }.
lives-deadline-late = Dias de atraso: { $days }. O último dia era { $day }. O pedido é aceito mesmo assim.
lives-deadline-undecided = O último dia é { $day }, ou o próximo dia em que o balcão abre. Os feriados desse ano ainda não são conhecidos aqui; o balcão decide se está no prazo. O pedido é aceito.
lives-deadline-moved = Como { $day } é dia de descanso, passou para o próximo dia útil.
lives-office-title = Onde perguntar
lives-office-telephone = Telefone { $number }
lives-office-hours = Aberto: { $hours }
shared-title = Em um computador usado por outras pessoas
shared-lead = Ao usar o computador de uma biblioteca, repartição etc., apague sempre os seus dados aqui ao terminar.
shared-finish-title = Encerrar e apagar
shared-finish-text = Encerra a sua sessão, fecha a solicitação aberta e faz este navegador esquecer tudo deste site: cookies, páginas guardadas, ligação com o cartão. O que foi enviado e os rascunhos que abrem de outra forma permanecem.
shared-finish-button = Encerrar e apagar
shared-only-here-title = Há rascunhos que só este navegador abre
shared-only-here-text = Depois de apagar, não será mais possível abri-los. Para continuar depois, crie antes um link privado ou ligue-os ao seu cartão.
shared-only-here-keep = Guardar “{ $title }”
shared-mode-title = Antes de começar
shared-mode-on = Em uso como computador compartilhado
shared-mode-text = Avise que o computador é compartilhado: depois de { $count } minutos sem uso tudo se fecha sozinho, com um aviso dois minutos antes. A ligação com o cartão não fica neste navegador.
shared-mode-on-button = Este é um computador compartilhado
shared-mode-off-button = É só meu
shared-finished-title = Encerrado e apagado
shared-finished-text = A sua sessão foi encerrada e este navegador esqueceu o que este site deixou.
shared-finished-close = Por fim, feche todas as janelas deste navegador. Os arquivos baixados você mesmo precisa apagar.
shared-late-title = Fechado porque o tempo acabou
shared-late-text = Não houve atividade por algum tempo, por isso foi fechado. O que você digitou está guardado até o último salvamento.
shared-back-title = Para continuar
shared-back-card = Entre com o cartão: ele abre os rascunhos e as solicitações ligados a ele.
shared-back-link = Um rascunho com link privado abre por esse link.
shared-back-status = O que foi enviado abre com o número de protocolo e a chave de acesso.
shared-again = Entrar e continuar de onde parou
ending-title = Vai fechar em breve
ending-text = Não houve atividade por algum tempo. Para continuar, prolongue o tempo. O que você digitou fica guardado.
ending-left = Faltam # segundos
ending-extend = Prolongar e continuar
lost-title = Se você perder o cartão
lost-lead = Ligue imediatamente e peça a suspensão do cartão. O atendimento funciona 24 horas, todos os dias.
lost-call-title = Para quem ligar
lost-call-main = Linha gratuita do My Number (escolha 2)
lost-call-languages = Inglês, chinês, coreano, espanhol, português
lost-call-fax = Fax, para quem não ouve ou não fala
lost-call-source = As linhas são da Agência Japonesa de Sistemas de Informação das Autoridades Locais (J-LIS).
lost-then = Se o perdeu na rua, avise também a polícia. Peça um novo cartão no seu município.
lost-works-title = O que ainda funciona sem cartão
lost-works-status = Com o número de protocolo e a chave de acesso: a situação, o recibo, as mensagens e os documentos prontos.
lost-works-drafts = Você pode continuar preenchendo rascunhos, neste navegador ou pelo link privado.
lost-works-filed = O que chegou antes da suspensão do cartão continua registrado.
lost-not-title = O que exige o novo cartão
lost-not-text = Enviar, corrigir e retirar exigem assinatura. Com o novo cartão você pode corrigir e retirar o que enviou com o antigo. Entrar com ele cria uma nova conta.
lost-key-title = Se você também não tem a chave de acesso
lost-key-text = Pergunte no balcão onde fez o pedido, com o número de protocolo e um documento de identidade.
home-lost-text = Para quem ligar e o que funciona sem ele.
home-shared-text = Em bibliotecas etc.: como apagar ao terminar.
own-title = O que guardamos sobre você
own-lead = É tudo o que guardamos aqui sobre o cartão com que você entrou.
own-export = Salvar como arquivo (JSON)
own-account = Conta
own-certificate = Resumo do certificado de autenticação (SHA-256)
own-serial = Número do certificado
own-first = Primeira entrada
own-session = Sessão (início e último uso)
own-filings = Solicitações abertas com esta conta: { $count }. Os registros de solicitações não podem ser apagados.
own-drafts = Rascunhos ligados ao cartão
own-mail = Endereços de e-mail para avisos
own-links = Ligações com certificados de assinatura
own-none = Nenhum.
own-all = Apagar a conta
own-delete-drafts = Descartar todos os rascunhos
own-delete-mail = Apagar todos os e-mails
own-delete-links = Desfazer todas as ligações
own-delete-account = Apagar a conta
own-delete-title = Quer mesmo apagar?
own-delete-button = Apagar
own-delete-back = Cancelar
own-ask-drafts = Descarta todos os rascunhos ligados ao cartão. Por alguns dias podem ser restaurados na página de rascunhos.
own-ask-mail = Apaga todos os e-mails para avisos. Os avisos continuam neste site.
own-ask-links = Desfaz todas as ligações. As solicitações continuam acessíveis com número de protocolo e chave; o registro de que foram desfeitas permanece.
own-ask-account = Apaga a conta e as ligações e encerra todas as sessões. Não pode ser desfeito. O que foi enviado permanece e abre com número de protocolo e chave. Os rascunhos ligados ao cartão abrem com ele até o fim do prazo.
own-done-drafts = Os rascunhos foram descartados
own-undo-drafts = Desfazer: ir para os rascunhos
own-done-mail = Os e-mails foram apagados
own-done-links = As ligações foram desfeitas
lives-days = { $count ->
    [one] 1 dia
   *[other] { $count } dias
}
lives-hours = { $count ->
    [one] 1 hora
   *[other] { $count } horas
}
lives-minutes = { $count ->
    [one] 1 minuto
   *[other] { $count } minutos
}
privacy-why-title = Por que é guardado
privacy-why-text = Para receber as solicitações, entregá-las e poder mostrar depois que cada assinatura era válida; nada além do necessário (Lei de Proteção de Informações Pessoais, art. 61; Lei da Administração Digital, art. 6).
privacy-draft-text = O que você digita e anexa é guardado por { $life }, ligado a este navegador; por { $kept } se o cartão o guarda ou se você criou um link privado. O que for descartado ou vencer pode ser restaurado por { $restore } e depois é apagado. Ninguém mais pode ver.
privacy-filed-keep = Este site nunca apaga sozinho uma solicitação enviada: decidem as regras de arquivo do órgão que a recebeu. De uma solicitação recusada guarda-se só uma linha sem dados pessoais, por { $refusals }.
privacy-sessions = Uma sessão termina após { $idle } sem uso e { $most } depois do início. Uma solicitação aberta com a chave é fechada após { $filing } sem uso.
privacy-mail-title = Endereços de e-mail
privacy-mail-text = O endereço dado para avisos é guardado até você apagá-lo; o que não for confirmado é apagado após { $unconfirmed }.
privacy-who-title = Quem vê
privacy-who-text = A solicitação é vista pelos funcionários do órgão que a recebeu e por você, ou por quem tem a chave. Fica registrado quando um funcionário a abre. Quem opera o sistema não vê o conteúdo.
privacy-rights-title = Ver, salvar e apagar os seus dados
privacy-rights-text = Rascunhos são descartados na página de rascunhos. Tudo sobre uma solicitação pode ser salvo na página dela. Para acesso, correção ou suspensão do uso do registro, peça ao órgão que o tem (Lei de Proteção de Informações Pessoais, arts. 76, 90 e 98).

## Who looked at one's record
accesses-title = Quem consultou o seu registro
accesses-lead = Estes órgãos consultaram o seu registro de residente, e este foi o motivo.
accesses-unknown = O seu registro ainda não é conhecido por um pedido desta conta.
accesses-none = Ninguém o consultou.
accesses-when = Quando
accesses-who = Quem
accesses-why = Para quê
accesses-basis = Base legal
accesses-by-agency = Órgão: { $name }
accesses-by-clerk = Balcão do município: { $name }
accesses-by-municipality = Outro município: { $name }
accesses-by-office = Procedimento de um órgão
