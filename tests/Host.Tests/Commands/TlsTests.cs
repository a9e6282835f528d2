using System.Security.Cryptography.X509Certificates;
using System.Text;
using SpikeTrail.Host.Commands;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Tests.Commands;

public sealed class TlsTests : ServerTest
{
    private readonly X509Certificate2 _node = Load("node");

    private readonly X509Certificate2 _operator = Load("operator");

    [Fact]
    public async Task A_client_that_trusts_the_nodes_certificate_is_served()
    {
        var server = Start(WithTls());

        Assert.Equal([new PaletteResponse("campaign list")], await GiveAsync(server, ListCampaigns, Trusting(_node)));
    }

    [Fact]
    public async Task A_client_that_does_not_trust_it_says_nothing()
    {
        var server = Start(WithTls());

        var refusal = await Assert.ThrowsAsync<CommandConnectionException>(() => GiveAsync(server, ListCampaigns, Trusting(_operator)));

        Assert.Contains("no TLS with a certificate that is trusted", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secret_is_asked_for_within_tls_too()
    {
        var server = Start(WithTls() with { Secret = new("a secret for this test") });

        await Assert.ThrowsAsync<CommandConnectionException>(() => GiveAsync(server, ListCampaigns, Trusting(_node)));
        Assert.Equal([new PaletteResponse("campaign list")], await GiveAsync(server, ListCampaigns, Trusting(_node) with { Secret = new("a secret for this test") }));
    }

    [Fact]
    public async Task Where_clients_must_show_a_certificate_only_those_with_a_trusted_one_are_served()
    {
        var server = Start(new("127.0.0.1", 0) { Tls = new(_node, [_operator]) });

        await Assert.ThrowsAsync<CommandConnectionException>(() => GiveAsync(server, ListCampaigns, Trusting(_node)));
        await Assert.ThrowsAsync<CommandConnectionException>(() => GiveAsync(server, ListCampaigns, Trusting(_node) with { Certificate = _node }));
        Assert.Equal([new PaletteResponse("campaign list")], await GiveAsync(server, ListCampaigns, Trusting(_node) with { Certificate = _operator }));
    }

    [Fact]
    public async Task Tls_and_no_tls_do_not_understand_each_other_and_say_so()
    {
        var (secure, plain) = (Start(WithTls()), Start());

        var noTls = await Assert.ThrowsAsync<CommandConnectionException>(() => GiveAsync(secure, ListCampaigns));
        var needlessTls = await Assert.ThrowsAsync<CommandConnectionException>(() => GiveAsync(plain, ListCampaigns, Trusting(_node)));

        Assert.EndsWith("expects --tls", noTls.Message, StringComparison.Ordinal);
        Assert.Contains("no TLS", needlessTls.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_instead_of_a_handshake_breaks_nothing()
    {
        var server = Start(WithTls());

        await SendAsync(server.Address, Encoding.UTF8.GetBytes(new string('x', 100_000)));

        Assert.Equal([new PaletteResponse("campaign list")], await GiveAsync(server, ListCampaigns, Trusting(_node)));
    }

    private CommandEndpoint WithTls() => new("127.0.0.1", 0) { Tls = new(_node, ClientAuthorities: null) };

    private static ClientSecurity Trusting(X509Certificate2 certificate) => new() { Tls = true, Authorities = [certificate] };

    private static X509Certificate2 Load(string name)
    {
        using var made = TestCertificates.Create(name);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }
}
