namespace SpikeTrail.Actors.Tests.Configuration;

/// <summary>Every rule of a campaign file, and the line with which breaking it is refused.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("campaign.trainig.epochs = 1", "tiny.conf: campaign.trainig: unknown key; did you mean training? (known here: name, networks, data-sets, seeds, protocols, attacks, epsilons, training, probes, checks, evaluation, samples, defaults)")]
    [InlineData("campain.name = x", "tiny.conf: campain: unknown key; did you mean campaign? (known here: campaign, pipeline)")]
    [InlineData("campaign.networks = [{ name = a }, { name = b, dept = 18 }]", "tiny.conf: campaign.networks[1].dept: unknown key; did you mean depth? (known here: name, family, depth, width, pool, connection, batch-norm, precision, weights, neuron)")]
    [InlineData("campaign.defaults.network.neuron.leak = 1", "tiny.conf: campaign.defaults.network.neuron.leak: unknown key (known here: kind, threshold, reset, detach-reset, tau, decay-input, surrogate)")]
    public void An_unknown_key_is_refused_with_the_known_ones(string lines, string message) =>
        Assert.Equal(message, CampaignText.RefusalWith(lines));

    [Theory]
    [InlineData("campaign { }", "tiny.conf: campaign.name: missing; expected a name of small letters, digits, '.', '-' and '_'")]
    [InlineData("", "tiny.conf: campaign.name: missing; expected a name of small letters, digits, '.', '-' and '_'")]
    [InlineData("campaign { name = a }", "tiny.conf: campaign.networks: missing; expected a list of sections, at least one")]
    [InlineData("campaign { name = a, networks = [{ depth = 10 }] }", "tiny.conf: campaign.networks[0].name: missing; expected a name of small letters, digits, '.', '-' and '_'")]
    public void A_missing_key_is_named(string text, string message) =>
        Assert.Equal(message, CampaignText.RefusalOf(text));

    [Theory]
    [InlineData("family = sew-resnt", "family: expected one of sew-resnet, spiking-resnet, found \"sew-resnt\"; did you mean sew-resnet?")]
    [InlineData("family = vgg", "family: expected one of sew-resnet, spiking-resnet, found \"vgg\"")]
    [InlineData("depth = 19", "depth: expected one of 10, 18, 34, 50, 101, 152, found \"19\"")]
    [InlineData("depth = [18]", "depth: expected one of 10, 18, 34, 50, 101, 152, found a list")]
    [InlineData("width = 0", "width: expected a number from 0.01 to 16, found \"0\"")]
    [InlineData("width = 1x", "width: expected a number from 0.01 to 16, found \"1x\"")]
    [InlineData("width = NaN", "width: expected a number from 0.01 to 16, found \"NaN\"")]
    [InlineData("pool = { }", "pool: expected one of max, average, found a section")]
    [InlineData("name = \"../x\"", "name: expected a name of small letters, digits, '.', '-' and '_', found \"../x\"")]
    [InlineData("name = Upper", "name: expected a name of small letters, digits, '.', '-' and '_', found \"Upper\"")]
    [InlineData("weights = [w]", "weights: expected none or a file's path, found a list")]
    [InlineData("weights = \"a\\u0000b\"", "weights: expected none or a file's path, found \"a\0b\"")]
    [InlineData("neuron = if", "neuron: expected a section, found \"if\"")]
    [InlineData("neuron.tau = 0.5", "neuron.tau: expected a number of at least 1, found \"0.5\"")]
    [InlineData("neuron.threshold = 0", "neuron.threshold: expected a number above 0, found \"0\"")]
    [InlineData("neuron.reset = hard", "neuron.reset: expected soft or a number, found \"hard\"")]
    [InlineData("neuron.detach-reset = yes", "neuron.detach-reset: expected by-family, on or off, found \"yes\"")]
    [InlineData("neuron.surrogate.alpha = -1", "neuron.surrogate.alpha: expected a number above 0, found \"-1\"")]
    [InlineData("neuron.surrogate.kind = piecewise", "neuron.surrogate.kind: expected one of atan, sigmoid, piecewise-quadratic, rect, triangle, found \"piecewise\"")]
    public void A_network_keeps_its_rules(string line, string message) =>
        Assert.Equal($"tiny.conf: campaign.networks[1].{message}", CampaignText.RefusalWith($"campaign.networks = [{{ name = a }}, {{ name = b\n{line} }}]"));

    [Theory]
    [InlineData("", "from: missing; expected a name of small letters, digits, '.', '-' and '_'")]
    [InlineData("from = bb", "from: expected one of campaign.networks (a, b), found \"bb\"; did you mean b?")]
    [InlineData("from = b, attack = none", "attack: expected one of campaign.attacks that makes images of its own (fgsm, noise), found \"none\"")]
    [InlineData("from = b, attack = fgms", "attack: expected one of campaign.attacks that makes images of its own (fgsm, noise), found \"fgms\"; did you mean fgsm?")]
    [InlineData("from = b, attack = transfer", "attack: expected one of campaign.attacks that makes images of its own (fgsm, noise), found \"transfer\"")]
    [InlineData("from = b, attack = check-noise", "attack: expected one of campaign.attacks that makes images of its own (fgsm, noise), found \"check-noise\"")]
    [InlineData("from = b }]\ncampaign.protocols = [{ kind = as-published", "kind: expected a protocol under which images transfer in campaign.protocols: attack-domain pixels, contaminate off")]
    [InlineData("from = a }]\ncampaign.networks = [{ name = a", "from: expected another network than the one that is attacked: a is the campaign's only one")]
    [InlineData("from = b }]\ncampaign.attacks = [{ kind = noise }, { kind = none }, { kind = transfer, from = b", "attack: missing; expected an attack in campaign.attacks that takes gradients")]
    public void A_transfer_keeps_its_rules(string line, string message) => Assert.Equal(
        $"tiny.conf: campaign.attacks[2].{message}",
        CampaignText.RefusalWith($"campaign.networks = [{{ name = a }}, {{ name = b }}]\ncampaign.attacks = [{{ kind = fgsm }}, {{ kind = noise }}, {{ kind = transfer\n{line} }}]"));

    [Theory]
    [InlineData("time-steps = 0", "time-steps: expected a whole number of at least 1, found \"0\"")]
    [InlineData("time-steps = 10ms", "time-steps: expected a whole number of at least 1, found \"10ms\"")]
    [InlineData("time-steps = 1.5", "time-steps: expected a whole number of at least 1, found \"1.5\"")]
    [InlineData("encoder.kind = morse", "encoder.kind: expected one of phase, latency, rate, direct, found \"morse\"")]
    [InlineData("encoder.phase-bits = 9", "encoder.phase-bits: expected a whole number from 1 to 8, found \"9\"")]
    [InlineData("training-limit = 0", "training-limit: expected all or a whole number of at least 1, found \"0\"")]
    [InlineData("test-limit = some", "test-limit: expected all or a whole number of at least 1, found \"some\"")]
    public void A_data_set_keeps_its_rules(string line, string message) =>
        Assert.Equal($"tiny.conf: campaign.data-sets[0].{message}", CampaignText.RefusalWith($"campaign.data-sets = [{{ name = mnist\n{line} }}]"));

    [Theory]
    [InlineData("training.epochs = -1", "training.epochs: expected a whole number of at least 0, found \"-1\"")]
    [InlineData("training.batch-size = 0", "training.batch-size: expected a whole number of at least 1, found \"0\"")]
    [InlineData("training.flip-probability = 1.5", "training.flip-probability: expected a number from 0 to 1, found \"1.5\"")]
    [InlineData("training.schedule = step", "training.schedule: expected one of constant, cosine, found \"step\"")]
    [InlineData("training.optimizer.kind = adamw", "training.optimizer.kind: expected one of adam, sgd, found \"adamw\"; did you mean adam?")]
    [InlineData("training.optimizer.learning-rate = 0", "training.optimizer.learning-rate: expected a number above 0, found \"0\"")]
    [InlineData("training.optimizer.weight-decay = -1", "training.optimizer.weight-decay: expected a number of at least 0, found \"-1\"")]
    [InlineData("training.optimizer.beta2 = 1", "training.optimizer.beta2: expected a number from 0 to below 1, found \"1\"")]
    [InlineData("training = fast", "training: expected a section, found \"fast\"")]
    [InlineData("evaluation.batch-size = 0", "evaluation.batch-size: expected a whole number of at least 1, found \"0\"")]
    [InlineData("evaluation.shard-size = 75", "evaluation.shard-size: expected a multiple of batch-size (50), found 75")]
    [InlineData("seeds = []", "seeds: expected a list of values, at least one, found an empty list")]
    [InlineData("seeds = 3", "seeds: expected a list of values, at least one, found \"3\"")]
    [InlineData("seeds = [1, x]", "seeds[1]: expected a whole number, found \"x\"")]
    [InlineData("seeds = [1, 1]", "seeds: expected different seeds, found 1 twice")]
    [InlineData("epsilons = [-1]", "epsilons[0]: expected a number from 0 to 255, in units of 1/255, found \"-1\"")]
    [InlineData("epsilons = [8, 4]", "epsilons: expected ascending numbers, found 4 after 8")]
    [InlineData("epsilons = [8, 8]", "epsilons: expected ascending numbers, found 8 after 8")]
    [InlineData("epsilons = [8/255]", "epsilons[0]: expected a number from 0 to 255, in units of 1/255, found \"8/255\"")]
    [InlineData("networks = []", "networks: expected a list of sections, at least one, found an empty list")]
    [InlineData("networks = [a]", "networks[0]: expected a section, found \"a\"")]
    [InlineData("networks = [{ name = a }, { name = a }]", "networks: expected different names, found \"a\" twice")]
    [InlineData("data-sets = [{ name = a }, { name = a }]", "data-sets: expected different names, found \"a\" twice")]
    [InlineData("attacks = [{ kind = pgd }, { kind = pgd }]", "attacks: expected different names, found \"pgd\" twice")]
    [InlineData("attacks = [{ kind = pdg }]", "attacks[0].kind: expected one of none, fgsm, ifgsm, pgd, noise, transfer, found \"pdg\"; did you mean pgd?")]
    [InlineData("attacks = [{ name = x }]", "attacks[0].kind: missing; expected one of none, fgsm, ifgsm, pgd, noise, transfer")]
    [InlineData("attacks = [{ kind = pgd, step-size = 0 }]", "attacks[0].step-size: expected a number above 0, in units of 1/255, found \"0\"")]
    [InlineData("attacks = [{ kind = pgd, iterations = 0 }]", "attacks[0].iterations: expected a whole number of at least 1, found \"0\"")]
    [InlineData("protocols = [{ kind = published }]", "protocols[0].kind: expected one of strict, as-published, found \"published\"; did you mean as-published?")]
    [InlineData("protocols = [{ kind = strict, contaminate = on }]", "protocols[0].name: missing; expected a name for a protocol that is no longer strict")]
    [InlineData("protocols = [{ kind = as-published, name = strict }]", "protocols[0].name: expected a name of its own: this is not what strict means")]
    [InlineData("protocols = [{ kind = as-published, name = x, phase-weights = on }]", "protocols[0].phase-weights: expected off: an attack on the encoded train does not go through the encoder")]
    [InlineData("protocols = [{ kind = strict, order = random }]", "protocols[0].order: expected one of by-kind, stored, shuffled, found \"random\"")]
    [InlineData("attacks = [{ kind = pgd, name = check-noise }]", "attacks[0].name: expected a name that does not begin with \"check-\", as those of campaign.checks do, found \"check-noise\"")]
    [InlineData("checks = 0", "checks: expected off, on or a whole number of at least 1, found \"0\"")]
    [InlineData("checks = some", "checks: expected off, on or a whole number of at least 1, found \"some\"")]
    [InlineData("checks { images = 3 }", "checks: expected off, on or a whole number of at least 1, found a section")]
    [InlineData("probes.random-perturbations = -1", "probes.random-perturbations: expected a whole number of at least 0, found \"-1\"")]
    public void A_campaign_keeps_its_rules(string line, string message) =>
        Assert.Equal($"tiny.conf: campaign.{message}", CampaignText.RefusalWith($"campaign.{line}"));

    [Theory]
    [InlineData("layer-groups = 0", "layer-groups: expected a whole number of at least 1, found \"0\"")]
    [InlineData("devices = [tpu]", "devices[0]: expected cpu, cuda or \"cuda:N\", found \"tpu\"")]
    [InlineData("devices = [cpu, cuda]", "devices: expected devices of one kind: each kind rounds differently, and numbers would depend on which of them did what")]
    [InlineData("threads-per-group = 99999999999", "threads-per-group: expected a whole number from 1 to 256, found \"99999999999\"")]
    [InlineData("checkpoint-steps = -1", "checkpoint-steps: expected a whole number of at least 0, found \"-1\"")]
    [InlineData("pass-images = 0", "pass-images: expected a whole number of at least 1, found \"0\"")]
    [InlineData("max-retries = -1", "max-retries: expected a whole number of at least 0, found \"-1\"")]
    public void A_pipeline_keeps_its_rules(string line, string message) =>
        Assert.Equal($"tiny.conf: pipeline.{message}", CampaignText.RefusalWith($"pipeline.{line}"));
}
