using System.Collections;
using System.Reflection;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Tests.Configuration;

public sealed class CampaignIdentityTests
{
    private static readonly CampaignSettings Tiny = CampaignText.Parse(CampaignText.Shortest);
    private static readonly CampaignIdentity Identity = CampaignIdentity.Of(Tiny.Campaign, Tiny.Pipeline);

    [Fact]
    public void The_hash_of_a_campaign_stays_what_it_is() =>
        Assert.Equal("5f0f8c317e92725ceeb05e1e11c03528499e43d35101db17d241b2699a20d240", Identity.Hash);

    [Fact]
    public void The_text_has_every_key_in_kebab_case() =>
        Assert.StartsWith(
            """{"campaign":{"name":"tiny","networks":[{"name":"a","family":"sew-resnet","depth":18,"width":1,"pool":"max",""",
            Identity.Json,
            StringComparison.Ordinal);

    [Fact]
    public void Layout_and_spelled_out_defaults_do_not_change_it()
    {
        var (campaign, pipeline) = CampaignText.Parse("""
            // The same again.
            campaign.training.epochs = 100
            campaign { data-sets = [{ encoder = { kind = phase }, name = fashion-mnist-mini }], networks = [{ depth = 18, name = a }], name = tiny }
            pipeline.threads-per-group = 2
            """);

        Assert.Equal(Identity, CampaignIdentity.Of(campaign, pipeline));
    }

    [Fact]
    public void Every_field_of_a_campaign_but_its_samples_changes_it()
    {
        var hashes = Variants(Tiny.Campaign).Cast<CampaignSpec>()
            .Select(variant => CampaignIdentity.Of(variant, Tiny.Pipeline).Hash)
            .Append(Identity.Hash)
            .ToList();

        Assert.True(hashes.Count > 50, $"only {hashes.Count} variants");
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
    }

    [Fact]
    public void How_many_samples_are_taken_does_not_change_it() =>
        Assert.Equal(Identity, CampaignIdentity.Of(Tiny.Campaign with { Samples = 0 }, Tiny.Pipeline));

    [Fact]
    public void Of_the_pipeline_only_a_groups_threads_and_the_kinds_of_device_change_it()
    {
        var elsewhere = Tiny.Pipeline with { LayerGroups = 5, Window = 10, FramesInFlight = 9, PassImages = 1, Devices = ["cpu", "cpu"], CheckpointSteps = 1, MaxRetries = 0 };
        var oneGpu = CampaignIdentity.Of(Tiny.Campaign, elsewhere with { Devices = ["cuda:0"] });

        Assert.Equal(Identity, CampaignIdentity.Of(Tiny.Campaign, elsewhere));
        Assert.NotEqual(Identity, CampaignIdentity.Of(Tiny.Campaign, elsewhere with { ThreadsPerGroup = 1 }));
        Assert.NotEqual(Identity, oneGpu);
        Assert.Equal(oneGpu, CampaignIdentity.Of(Tiny.Campaign, elsewhere with { Devices = ["cuda:1", "cuda:3"] }));
    }

    [Fact]
    public void Of_a_file_that_a_network_starts_from_the_contents_change_it_and_not_the_place()
    {
        var identity = With(new WeightsFile("here", "ab"));

        Assert.Equal(identity, With(new WeightsFile("there", "ab")));
        Assert.Equal(
            new ConfigurationChange("campaign.networks[0].weights.sha256", "\"ab\"", "\"cd\""),
            CampaignIdentity.FirstDifference(identity.Json, With(new WeightsFile("here", "cd")).Json));
        Assert.Equal(
            new ConfigurationChange("campaign.networks[0].weights", "{\"sha256\":\"ab\"}", "nothing"),
            CampaignIdentity.FirstDifference(identity.Json, With(null).Json));
        Assert.Equal(Identity, With(null));

        static CampaignIdentity With(WeightsFile? weights) => CampaignIdentity.Of(
            Tiny.Campaign with { Networks = [Tiny.Campaign.Networks[0] with { Weights = weights }] }, Tiny.Pipeline);
    }

    [Fact]
    public void Equal_texts_do_not_differ() => Assert.Null(CampaignIdentity.FirstDifference(Identity.Json, Identity.Json));

    [Theory]
    [InlineData("campaign.training.epochs = 3", "campaign.training.epochs", "100", "3")]
    [InlineData("campaign.networks = [{ name = a, pool = average }]", "campaign.networks[0].pool", "\"max\"", "\"average\"")]
    [InlineData("campaign.data-sets = [{ name = fashion-mnist-mini, test-limit = 5 }]", "campaign.data-sets[0].test-limit", "nothing", "5")]
    [InlineData("campaign.epsilons = [8, 16]", "campaign.epsilons[1]", "nothing", "16")]
    [InlineData("pipeline.threads-per-group = 1", "pipeline.threads-per-group", "2", "1")]
    public void The_first_difference_names_the_key_and_both_values(string change, string key, string before, string after)
    {
        var (campaign, pipeline) = CampaignText.With(change);

        Assert.Equal(
            new ConfigurationChange(key, before, after),
            CampaignIdentity.FirstDifference(Identity.Json, CampaignIdentity.Of(campaign, pipeline).Json));
    }

    [Theory]
    [InlineData("50", "on")]
    [InlineData("off", "50")]
    [InlineData("on", "off")]
    public void A_change_of_checks_is_told_as_the_file_says_it(string before, string after)
    {
        Assert.Equal(new ConfigurationChange("campaign.checks", before, after), CampaignIdentity.FirstDifference(Checks(before), Checks(after)));

        static string Checks(string value)
        {
            var (campaign, pipeline) = CampaignText.With($"campaign.checks = {value}");
            return CampaignIdentity.Of(campaign, pipeline).Json;
        }
    }

    /// <summary>Copies of a record that differ from it in exactly one value, however deep, one for every value.</summary>
    private static IEnumerable<object> Variants(object record) =>
        from property in record.GetType().GetProperties()
        where property.CanWrite && property.Name != nameof(CampaignSpec.Samples)
        from value in OtherValues(property.GetValue(record), property.PropertyType)
        select With(record, property, value);

    private static IEnumerable<object> OtherValues(object? value, Type type) => value switch
    {
        null when type == typeof(WeightsFile) => [new WeightsFile("w", "ab")],
        null when type == typeof(string) => ["x"],
        null => [Activator.CreateInstance(Nullable.GetUnderlyingType(type)!)!],
        string text => [text + "x"],
        bool flag => [!flag],
        int number => [number + 1],
        long number => [number + 1],
        double number => [number + 0.5],
        Enum choice => Enum.GetValues(value.GetType()).Cast<object>().Where(other => !other.Equals(choice)),
        IList list => ListVariants(list, type.GetGenericArguments()[0]),
        _ => Variants(value),
    };

    private static IEnumerable<object> ListVariants(IList list, Type elementType)
    {
        yield return Array.CreateInstance(elementType, 0);
        for (var index = 0; index < list.Count; index++)
        {
            foreach (var other in OtherValues(list[index], elementType))
            {
                var copy = Array.CreateInstance(elementType, list.Count);
                list.CopyTo(copy, 0);
                copy.SetValue(other, index);
                yield return copy;
            }
        }
    }

    private static object With(object record, PropertyInfo property, object? value)
    {
        var copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        property.SetValue(copy, value);
        return copy;
    }
}
