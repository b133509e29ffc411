# Explanations of every refusal, /problems/{code}: title, what happened, what to do.
problems-title = Explicação das mensagens de erro
problems-lead = Motivos que podem aparecer quando uma solicitação ou assinatura não é aceita.
problem-heading-what = O que aconteceu
problem-heading-kept = O que está guardado
problem-heading-do = O que fazer
problem-heading-checks = Verificações que não passaram
problem-code = Código
problem-status = Status HTTP
problem-request = Número de atendimento
problem-detail = Detalhes
problem-home = Ir para a página inicial
problem-kept-nothing = Nada foi recebido e nada foi registrado. Uma solicitação que você ainda está preenchendo continua como está até o fim do prazo.
problem-kept-unknown = O que você enviou pode ter sido registrado ou não. Se foi, enviar o mesmo de novo gera o mesmo recibo. Uma solicitação que você ainda está preenchendo continua como está até o fim do prazo.
problem-kept-first = A solicitação registrada primeiro continua como está.
problem-kept-unchanged = As solicitações já enviadas não mudam.

problem-title-bad-multipart = Não foi possível ler o que foi enviado
problem-what-bad-multipart = O conteúdo enviado não pode ser lido como multipart/form-data. Pode ter sido cortado no caminho.
problem-do-bad-multipart = Recarregue a página e envie de novo. Se foi um programa que enviou, verifique os nomes das partes e o delimitador.

problem-title-part-missing = Falta uma parte do envio
problem-what-part-missing = Uma das partes obrigatórias, como a solicitação ou a assinatura, não foi enviada.
problem-do-part-missing = Veja na mensagem qual parte falta e envie todas juntas.

problem-title-part-twice = Uma parte foi enviada duas vezes
problem-what-part-twice = Uma parte que só pode aparecer uma vez apareceu duas. Não tentamos adivinhar qual das duas vale.
problem-do-part-twice = Envie cada parte uma única vez.

problem-title-bad-request = Não foi possível ler o pedido
problem-what-bad-request = O que foi enviado não está em um formato que possamos ler.
problem-do-bad-request = Recarregue a página e tente de novo.

problem-title-unauthorized = Entre com o cartão ou informe a chave de consulta
problem-what-unauthorized = Só pode ver isto quem entrou ou tem a chave de consulta. Esta mensagem também aparece quando a chave não confere.
problem-do-unauthorized = Confira a chave de consulta e digite-a de novo. Ela foi mostrada uma única vez, quando a solicitação foi enviada.

problem-title-forbidden = Você não tem permissão para fazer isto
problem-what-forbidden = A sua conta não pode ver ou fazer isto, ou o formulário não foi enviado a partir de uma página deste site.
problem-do-forbidden = Volte, recarregue a página e tente de novo. Se falta uma permissão de que você precisa, fale com o administrador.

problem-title-not-found = Página não encontrada
problem-what-not-found = Não há nada neste endereço. Ele pode estar digitado errado, ou o que havia aqui foi apagado no fim do prazo.
problem-do-not-found = Verifique o endereço ou comece pela página inicial.

problem-title-method-not-allowed = Isto não é possível neste endereço
problem-what-method-not-allowed = Este endereço não aceita esse tipo de pedido.
problem-do-method-not-allowed = Use os links e botões das páginas.

problem-title-application-id-taken = Outro documento foi recebido com este identificador
problem-what-application-id-taken = Um documento diferente já está registrado com este application_id.
problem-do-application-id-taken = A solicitação registrada não muda. Crie uma nova solicitação e assine-a.

problem-title-status-conflict = Isto não é possível na situação atual da solicitação
problem-what-status-conflict = A solicitação já avançou, e isto não pode mais ser feito.
problem-do-status-conflict = Consulte a situação e, se necessário, fale com o órgão de destino.

problem-title-request-timeout = O envio demorou demais
problem-what-request-timeout = O tempo acabou antes que tudo chegasse.
problem-do-request-timeout = Verifique a conexão e envie de novo.

problem-title-too-large = O que foi enviado é grande demais
problem-what-too-large = Um arquivo, ou o conjunto, passa do tamanho permitido.
problem-do-too-large = Diminua os arquivos. Cada anexo pode ter até 10 MB.

problem-title-unsupported-media-type = Este tipo de dados não é aceito
problem-what-unsupported-media-type = Dados deste tipo não são aceitos neste endereço.
problem-do-unsupported-media-type = Envie no formato indicado na documentação.

problem-title-document-not-json = Não foi possível ler a solicitação
problem-what-document-not-json = A solicitação não é um documento JSON no formato exigido.
problem-do-document-not-json = Assine e envie a solicitação como foi gerada, sem editá-la.

problem-title-document-duplicate-name = A solicitação traz um campo duas vezes
problem-what-document-duplicate-name = O mesmo nome aparece duas vezes na solicitação. Programas diferentes poderiam entendê-la de modos diferentes, por isso ela não é aceita.
problem-do-document-duplicate-name = Crie a solicitação de novo.

problem-title-document-unknown-field = A solicitação traz um campo desconhecido
problem-what-document-unknown-field = A solicitação contém um campo que o formulário não tem.
problem-do-document-unknown-field = Crie a solicitação de novo.

problem-title-document-format = A solicitação está em outro formato
problem-what-document-format = A solicitação não está no formato madoguchi/application/1.
problem-do-document-format = Crie a solicitação neste site.

problem-title-wrong-gateway = A solicitação é destinada a outro site
problem-what-wrong-gateway = Esta solicitação foi criada para ser enviada em outro site.
problem-do-wrong-gateway = Envie-a lá ou crie uma nova aqui.

problem-title-document-expired = O prazo para enviar esta solicitação terminou
problem-what-document-expired = A solicitação precisa ser enviada dentro de um certo tempo depois de criada. Esse tempo passou.
problem-do-document-expired = Confira o que você preencheu e assine uma nova solicitação.

problem-title-document-life-too-long = A validade da solicitação é longa demais
problem-what-document-life-too-long = O tempo entre a criação e o prazo final é maior do que este site permite.
problem-do-document-life-too-long = Crie-a de novo com no máximo 24 horas entre os dois.

problem-title-document-not-yet-valid = A solicitação diz ter sido criada no futuro
problem-what-document-not-yet-valid = A hora de criação que consta na solicitação ainda não chegou.
problem-do-document-not-yet-valid = Verifique o relógio do computador e crie a solicitação de novo.

problem-title-unknown-procedure = Este procedimento não é oferecido aqui
problem-what-unknown-procedure = O procedimento indicado não está na lista deste site.
problem-do-unknown-procedure = Escolha um da lista de procedimentos.

problem-title-form-version = O formulário mudou
problem-what-form-version = O formulário deste procedimento foi atualizado depois que a solicitação foi criada.
problem-do-form-version = Crie a solicitação de novo com o novo formulário.

problem-title-unknown-recipient = Este órgão não recebe este procedimento
problem-what-unknown-recipient = O órgão indicado na solicitação não cuida deste procedimento.
problem-do-unknown-recipient = Verifique para qual município ela deve ir.

problem-title-answers-invalid = Algumas respostas não servem para o formulário
problem-what-answers-invalid = Um item obrigatório está vazio, ou o tamanho ou o tipo não é o que o formulário pede.
problem-do-answers-invalid = Corrija os itens indicados. O que você preencheu continua guardado.

problem-title-applicant-not-signer = O solicitante não é a pessoa que assinou
problem-what-applicant-not-signer = Nome, data de nascimento, sexo ou endereço na solicitação são diferentes dos que constam no certificado que assinou. Basta um caractere de outro tipo.
problem-do-applicant-not-signer = Preencha o solicitante com “Ler o certificado” ou digite exatamente como está lá. Depois de mudar de endereço ou de nome, pode ser preciso um novo certificado.

problem-title-holder-deceased = Segundo o registro, o titular do certificado faleceu
problem-what-holder-deceased = O registro de residentes diz que o titular deste certificado faleceu. Nada mais pode ser enviado com ele.
problem-do-holder-deceased = Se você é da família, procure o balcão do município. Se o registro estiver errado, fale com o município em que está registrado.

problem-title-attachment-missing = Falta um anexo
problem-what-attachment-missing = Um arquivo que a solicitação lista não foi enviado junto.
problem-do-attachment-missing = Envie todos os arquivos que a solicitação lista.

problem-title-attachments-wanted = Faltam documentos necessários
problem-what-attachments-wanted = Com estas respostas, o procedimento pede mais anexos do que a solicitação lista.
problem-do-attachments-wanted = Volte aos anexos, adicione os documentos indicados ali e assine de novo.

problem-title-attachment-not-listed = Há um anexo que não está na solicitação
problem-what-attachment-not-listed = Foi enviado um arquivo que a solicitação não lista. O que não foi assinado não é recebido.
problem-do-attachment-not-listed = Deixe-o de fora, ou adicione-o à solicitação e assine de novo.

problem-title-attachment-mismatch = Um anexo não é o arquivo que foi assinado
problem-what-attachment-mismatch = O arquivo enviado é diferente do que a solicitação lista.
problem-do-attachment-mismatch = Envie o mesmo arquivo que foi listado. Se você o alterou, crie a solicitação de novo e assine-a.

problem-title-attachment-too-large = Um anexo é grande demais
problem-what-attachment-too-large = Um dos arquivos anexados passa do tamanho permitido.
problem-do-attachment-too-large = Cada arquivo pode ter até 10 MB.

problem-title-attachment-refused = Um anexo foi recusado pela verificação de programas nocivos
problem-what-attachment-refused = A verificação indicou que o arquivo pode conter um programa nocivo.
problem-do-attachment-refused = Crie o arquivo de novo, ou verifique-o em um computador de confiança.

problem-title-attachment-twice = Dois anexos têm o mesmo nome
problem-what-attachment-twice = Dois dos arquivos têm o mesmo nome e não podem ser distinguidos.
problem-do-attachment-twice = Mude o nome de um deles.

problem-title-too-many-attachments = Há anexos demais
problem-what-too-many-attachments = Há mais arquivos do que se pode anexar.
problem-do-too-many-attachments = Use no máximo 20 arquivos.

problem-title-withdrawal-format = Não foi possível ler a retirada
problem-what-withdrawal-format = A retirada não está no formato madoguchi/withdrawal/1.
problem-do-withdrawal-format = Crie a retirada de novo.

problem-title-withdrawal-mismatch = A retirada é de outra solicitação
problem-what-withdrawal-mismatch = O número de protocolo ou o documento indicado na retirada não é desta solicitação.
problem-do-withdrawal-mismatch = Confira o número de protocolo e crie a retirada de novo.

problem-title-not-the-applicant = A assinatura não é da pessoa que fez a solicitação
problem-what-not-the-applicant = Uma correção ou retirada precisa ser assinada pela mesma pessoa que assinou a solicitação.
problem-do-not-the-applicant = Assine com o cartão da mesma pessoa.

problem-title-correction-beyond-marked = A correção altera mais do que foi marcado
problem-what-correction-beyond-marked = O órgão pediu a correção apenas dos campos marcados, mas outros também foram alterados.
problem-do-correction-beyond-marked = Corrija apenas os campos marcados e deixe os demais como foram enviados.
problem-title-corrects-unknown = A solicitação a corrigir não foi encontrada
problem-what-corrects-unknown = A solicitação indicada na correção não está registrada aqui.
problem-do-corrects-unknown = Confira o número de protocolo.

problem-title-signature-refused = A assinatura não foi aceita
problem-what-signature-refused = Algumas verificações da assinatura não passaram. Na maioria das vezes, o certificado perdeu a validade por mudança de endereço ou de nome, foi usado um certificado que não é o de assinatura, ou o documento mudou depois de assinado.
problem-do-signature-refused = Veja as verificações indicadas. Se o certificado perdeu a validade, o balcão da prefeitura emite um novo certificado eletrônico para assinatura.

problem-title-several-signers = Uma solicitação é assinada por uma só pessoa
problem-what-several-signers = O arquivo de assinatura contém as assinaturas de mais de uma pessoa.
problem-do-several-signers = Só o solicitante deve assinar.

problem-title-too-many-drafts = Você começou solicitações demais
problem-what-too-many-drafts = Neste navegador já há o número máximo de solicitações começadas e não enviadas.
problem-do-too-many-drafts = Envie ou descarte uma delas, que aparece na página do procedimento, e comece de novo.

problem-title-too-many-requests = Pedidos demais
problem-what-too-many-requests = Vieram pedidos demais da sua rede em pouco tempo.
problem-do-too-many-requests = Espere cerca de um minuto e tente de novo.

problem-title-revocation-undecided = Agora não é possível verificar se o seu certificado é válido
problem-what-revocation-undecided = A lista que mostra quais certificados perderam a validade ainda não chegou a este site. Não há nada errado com a sua assinatura.
problem-do-revocation-undecided = Espere um pouco e envie de novo a mesma assinatura.

problem-title-storage-unavailable = No momento não é possível registrar
problem-what-storage-unavailable = Não foi possível acessar o registro. Se você estava enviando uma solicitação, ela pode ter sido registrada ou não; o recibo mostra.
problem-do-storage-unavailable = Espere alguns minutos e envie de novo a mesma solicitação. Se ela já foi registrada, você recebe o mesmo recibo. Por mais que envie, ela só é recebida uma vez.

problem-title-scanner-unavailable = A verificação de programas nocivos não responde
problem-what-scanner-unavailable = Os anexos só são entregues depois de verificados, e a verificação não responde agora. A solicitação está registrada e não mudou.
problem-do-scanner-unavailable = Espere alguns minutos e peça o arquivo de novo. Se continuar, avise quem opera este site.

problem-title-overloaded = Há envios demais neste momento
problem-what-overloaded = Este site já está recebendo todos os arquivos que consegue, por isso o seu não foi recebido.
problem-do-overloaded = Espere um minuto e envie de novo.

problem-title-drafts-full = No momento não é possível guardar novas solicitações
problem-what-drafts-full = O espaço para solicitações em preenchimento está cheio.
problem-do-drafts-full = Espere um pouco e tente de novo.

problem-title-internal = Algo deu errado do nosso lado
problem-what-internal = Este site teve uma falha. Ela não foi causada pelo que você fez.
problem-do-internal = Espere um pouco e tente de novo. Se acontecer de novo, informe-nos o número de atendimento mostrado na página.

problem-title-list-refused = A lista de revogação foi recusada
problem-what-list-refused = Ela não passa em uma das verificações: assinatura, emissor, alcance, datas, números, itens.
problem-do-list-refused = Veja o código e a frase que vieram na resposta; obtenha a lista atual da autoridade certificadora e envie de novo.

problem-title-sign-in-token = Não foi possível ler o token de entrada
problem-what-sign-in-token = O que o aplicativo de assinatura enviou não é um token no formato exigido.
problem-do-sign-in-token = Tente de novo. Se continuar, atualize o aplicativo de assinatura e a extensão do navegador.

problem-title-sign-in-format = O token de entrada é de uma versão não aceita
problem-what-sign-in-format = Este site aceita tokens do formato web-eid:1 e suas versões menores.
problem-do-sign-in-format = Atualize o aplicativo de assinatura e a extensão do navegador e tente de novo.

problem-title-sign-in-challenge = A entrada demorou demais ou foi começada em outro lugar
problem-what-sign-in-challenge = A entrada é começada e terminada no mesmo navegador em até cinco minutos, e cada tentativa vale uma vez. Não havia nenhuma aberta neste navegador.
problem-do-sign-in-challenge = Pressione de novo o botão de entrada. Os cookies deste site precisam estar permitidos.

problem-title-sign-in-signature = A resposta do cartão não confere
problem-what-sign-in-signature = O que o cartão assinou não é o endereço deste site e a última pergunta dada a este navegador. Outra janela pode ter começado uma entrada nesse meio-tempo.
problem-do-sign-in-signature = Feche as outras janelas de entrada, confira se o endereço na barra está certo e pressione de novo o botão de entrada.

problem-title-sign-in-wrong-certificate = Este não é o certificado para entrar
problem-what-sign-in-wrong-certificate = O cartão tem dois certificados. Foi usado o de assinatura de documentos, ou um que este site não aceita para entrar.
problem-do-sign-in-wrong-certificate = Escolha o certificado de identificação do usuário (a senha tem 4 números) e tente de novo.

problem-title-sign-in-certificate-ended = O certificado do cartão para entrar não é válido
problem-what-sign-in-certificate-ended = A validade terminou ou ainda não começou, ou ele foi revogado porque o cartão foi declarado perdido ou devolvido.
problem-do-sign-in-certificate-ended = O balcão da prefeitura o renova. Mesmo sem entrar, é possível enviar solicitações com o certificado para assinatura.

problem-title-sign-in-not-trusted = A autoridade do cartão não é conhecida aqui
problem-what-sign-in-not-trusted = O certificado não foi emitido por uma autoridade em que este site confia para a entrada.
problem-do-sign-in-not-trusted = Use o cartão que este site pede. Se for esse cartão, avise quem opera este site.

problem-title-sign-in-undecided = Agora não é possível verificar se o seu certificado é válido
problem-what-sign-in-undecided = A lista que mostra quais certificados perderam a validade ainda não chegou a este site, ou o certificado está suspenso. Até a confirmação, não é possível entrar.
problem-do-sign-in-undecided = Tente de novo mais tarde. Mesmo sem entrar, é possível enviar solicitações.

problem-title-link-another-person = A conta é de outra pessoa
problem-what-link-another-person = A conta está ligada ao certificado para assinatura de uma pessoa com outro nome ou outra data de nascimento.
problem-do-link-another-person = Não faça a ligação e guarde a chave de consulta dessa solicitação. Se o seu nome mudou, desfaça antes a ligação antiga.

problem-title-link-raced = O certificado acaba de ser ligado em outro lugar
problem-what-link-raced = Neste mesmo instante, o mesmo certificado para assinatura foi ligado a outra conta.
problem-do-link-raced = Volte à “Minha página” e responda de novo. Se outra pessoa pode estar com o seu cartão, ligue para a central de atendimento do cartão e peça a suspensão.
problem-heading-where = Onde perguntar
problem-where-general = O balcão do município (de segunda a sexta, das 8h30 às 17h; varia). Informe o número do pedido.
problem-where-online = Neste site você pode enviar a qualquer hora.
problem-when = Quando isto chegou
problem-arrival = Os prazos contam pela chegada do envio aceito, também do que está em espera. O que não foi aceito não conta.
problem-typed-title = O que você digitou
problem-typed-text = Isto não foi salvo. Copie, abra a página de novo e digite lá.
problem-draft-away = Este rascunho não está aberto neste navegador. Se criou um link privado, abra por ele; se o cartão o guarda, entre.
